import type { Texts } from "./texts.ts";

export const ENGLISH: Texts = {
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
  lineTitle: "Choose the line file",
  credentialsTitle: "Choose the credentials of this station",
  fallback: {
    message: "The line could not be set up as before.",
    detail:
      "The training tray took its place. Nothing of the configuration was changed: choose what the line should work with.",
  },
  record: {
    damaged: {
      message: "The record of this station is damaged.",
      detail:
        "Nothing in it was changed or deleted. Restore a backup to go on with it, or begin a new record: what is there now is kept beside it either way. Ask whoever is responsible for the records first.",
    },
    taken: {
      message: "Another program works with the record of this station.",
      detail: "Close that program, then try again. Its name, where the system tells it, is below.",
    },
    full: {
      message: "The disk is full.",
      detail: "Free some space, then try again. Nothing that was recorded is lost.",
    },
    unwritable: {
      message: "The record of this station cannot be written.",
      detail: "Check the disk and the permissions of the folder, then try again.",
    },
    restore: "Restore a backup…",
    begin: "Begin a new record…",
    again: "Try again",
    close: "Close",
    backupTitle: "Choose a backup of the record",
    sure: {
      message: "Begin a new record?",
      detail:
        "The history begins anew, and units that passed before are not known any more. The damaged record is kept under another name in the same folder.",
      begin: "Begin a new record",
      back: "Back",
    },
    notDone: { message: "That did not work. Nothing was changed.", back: "Back" },
  },
};
