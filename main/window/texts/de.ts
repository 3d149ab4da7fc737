import type { Texts } from "./texts.ts";

export const GERMAN: Texts = {
  title: "Provisioning Station",
  file: "Datei",
  edit: "Bearbeiten",
  view: "Ansicht",
  training: "Training",
  newBoards: "Neue Platinen in den Träger legen",
  running: {
    message: "Es laufen noch Durchgänge.",
    detail:
      "Wenn Sie die Station jetzt schließen, stoppt sie alle Durchgänge, gibt die Modems frei und hält die Durchgänge als ABORTED fest.",
    stay: "Weiterlaufen lassen",
    close: "Stoppen und schließen",
  },
  hung: {
    message: "Das Fenster reagiert nicht.",
    detail: "Die Durchgänge laufen ohne das Fenster weiter. Laden Sie es neu, um sie wieder zu sehen.",
    wait: "Warten",
    reload: "Neu laden",
  },
  print: "Drucken oder als PDF sichern",
  help: "Hilfe",
  helpForScreen: "Hilfe zu dieser Ansicht",
  pdfTitle: "Als PDF sichern",
  exportTitle: "Durchgänge exportieren",
  reportTitle: "Teil des Berichts sichern",
  verifyTitle: "Aufzeichnung oder Export prüfen",
  records: "Aufzeichnungen und Exporte",
  cannotStart: "Die Station kann nicht starten",
  importTitles: {
    recipe: "Rezepte importieren: Ordner wählen",
    fixture: "Aufnahmen importieren",
    profile: "Dienstprofile importieren",
  },
  attachTitle: "Dateien zum Dokument hinzufügen",
  lineTitle: "Liniendatei wählen",
  credentialsTitle: "Zugangsdaten dieser Station wählen",
  fallback: {
    message: "Die Linie ließ sich nicht wie zuvor einrichten.",
    detail:
      "An ihrer Stelle arbeitet der Trainingsträger. An der Konfiguration wurde nichts geändert: Wählen Sie, womit die Linie arbeiten soll.",
  },
  record: {
    damaged: {
      message: "Die Aufzeichnung dieser Station ist beschädigt.",
      detail:
        "Nichts darin wurde geändert oder gelöscht. Stellen Sie eine Sicherung wieder her, um mit ihr weiterzuarbeiten, oder beginnen Sie eine neue Aufzeichnung: Was jetzt da ist, bleibt in beiden Fällen daneben erhalten. Fragen Sie zuerst, wer für die Aufzeichnungen verantwortlich ist.",
    },
    taken: {
      message: "Ein anderes Programm arbeitet mit der Aufzeichnung dieser Station.",
      detail:
        "Schließen Sie dieses Programm, dann versuchen Sie es noch einmal. Sein Name steht unten, wo das System ihn nennt.",
    },
    full: {
      message: "Der Datenträger ist voll.",
      detail: "Schaffen Sie Platz, dann versuchen Sie es noch einmal. Nichts Aufgezeichnetes ist verloren.",
    },
    unwritable: {
      message: "Die Aufzeichnung dieser Station lässt sich nicht schreiben.",
      detail: "Prüfen Sie den Datenträger und die Rechte des Ordners, dann versuchen Sie es noch einmal.",
    },
    restore: "Sicherung wiederherstellen …",
    begin: "Neue Aufzeichnung beginnen …",
    again: "Noch einmal versuchen",
    close: "Schließen",
    backupTitle: "Sicherung der Aufzeichnung wählen",
    sure: {
      message: "Eine neue Aufzeichnung beginnen?",
      detail:
        "Der Verlauf beginnt von vorn, und früher bestandene Geräte sind nicht mehr bekannt. Die beschädigte Aufzeichnung bleibt unter anderem Namen im selben Ordner.",
      begin: "Neue Aufzeichnung beginnen",
      back: "Zurück",
    },
    notDone: { message: "Das ist nicht gelungen. Nichts wurde geändert.", back: "Zurück" },
  },
};
