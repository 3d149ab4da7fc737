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
};
