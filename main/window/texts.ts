import type { DocumentKind } from "../../src/contract/desktop-library.ts";
import type { Language } from "../../src/contract/desktop-settings.ts";

/** The texts of menus and native dialogs. */
export type Texts = {
  readonly title: string;
  readonly file: string;
  readonly edit: string;
  readonly view: string;
  readonly training: string;
  readonly newBoards: string;
  readonly running: {
    readonly message: string;
    readonly detail: string;
    readonly stay: string;
    readonly close: string;
  };
  readonly hung: { readonly message: string; readonly detail: string; readonly wait: string; readonly reload: string };
  readonly print: string;
  readonly help: string;
  readonly helpForScreen: string;
  readonly pdfTitle: string;
  readonly exportTitle: string;
  readonly reportTitle: string;
  readonly verifyTitle: string;
  readonly records: string;
  readonly cannotStart: string;
  /** Titles of the dialogs for documents that come from elsewhere. */
  readonly importTitles: Readonly<Record<DocumentKind, string>>;
  readonly attachTitle: string;
  /** The line could not be opened as it was left. */
  readonly fallback: { readonly message: string; readonly detail: string };
};

/** Each language in full: the type sees to it. */
export const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    title: "Provisioning Station",
    file: "File",
    edit: "Edit",
    view: "View",
    training: "Training",
    newBoards: "Lay new boards into the tray",
    running: {
      message: "Runs are active.",
      detail: "If you close the station now, it stops every run, releases the modems and records the runs as ABORTED.",
      stay: "Keep running",
      close: "Stop runs and close",
    },
    hung: {
      message: "The window does not respond.",
      detail: "The runs go on without it. Reload the window to see them again.",
      wait: "Wait",
      reload: "Reload",
    },
    print: "Print or save as PDF",
    help: "Help",
    helpForScreen: "Help for this screen",
    pdfTitle: "Save as PDF",
    exportTitle: "Export runs",
    reportTitle: "Save a part of the report",
    verifyTitle: "Verify a record or an export",
    records: "Records and exports",
    cannotStart: "The station cannot start",
    importTitles: {
      recipe: "Import recipes: choose their folders",
      fixture: "Import fixtures",
      profile: "Import service profiles",
    },
    attachTitle: "Add files to the document",
    fallback: {
      message: "The line could not be set up as before.",
      detail:
        "The training tray took its place. Nothing of the configuration was changed: choose what the line should work with.",
    },
  },
  de: {
    title: "Provisioning Station",
    file: "Datei",
    edit: "Bearbeiten",
    view: "Ansicht",
    training: "Training",
    newBoards: "Neue Platinen ins Tablett legen",
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
    fallback: {
      message: "Die Linie ließ sich nicht wie zuvor einrichten.",
      detail:
        "An ihrer Stelle arbeitet das Trainingstablett. An der Konfiguration wurde nichts geändert: Wählen Sie, womit die Linie arbeiten soll.",
    },
  },
};
