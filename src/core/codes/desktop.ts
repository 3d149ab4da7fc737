import type { CodeTable } from "../error-code.ts";

/** Codes of the desktop application: its window, its main process and what passes between them. */
export const DESKTOP_CODES = {
  "desktop.sender": {
    blame: "station",
    retry: false,
    advice:
      "Something other than the station's window asked: close other programs that use the station, then restart it.",
  },
  "desktop.request": {
    blame: "input",
    retry: false,
    advice: "The window asked for something that the station does not know: reload the window, then try again.",
  },
  "desktop.answer": {
    blame: "station",
    retry: true,
    advice: "The station answered in a way that the window does not know: restart the station.",
  },
  "desktop.cancelled": {
    blame: "person",
    retry: true,
    advice: "The work was cancelled: start it again when it is wanted.",
  },
  "desktop.settings": {
    blame: "station",
    retry: true,
    advice: "The settings could not be kept: check that the station may write to its data folder, then try again.",
  },
  "desktop.line-busy": {
    blame: "input",
    retry: true,
    advice: "Runs are active: wait until they have ended, or stop them, then change the line.",
  },
  "desktop.line-changing": {
    blame: "input",
    retry: true,
    advice: "The line is being set up: wait a moment, then try again.",
  },
  "desktop.configuration": {
    blame: "station",
    retry: true,
    advice: "The choice could not be kept: check that the station may write to its data folder, then choose again.",
  },
  "desktop.no-central": {
    blame: "input",
    retry: false,
    advice: "No central database is set: an engineer gives its address in the settings of the shared line.",
  },
  "desktop.no-line": {
    blame: "input",
    retry: false,
    advice: "No line file is chosen: an engineer chooses one in the settings of the shared line.",
  },
  "desktop.helper": {
    blame: "station",
    retry: true,
    advice: "A helper process of the station did not start or did not answer: restart the station.",
  },
  "desktop.electron": {
    blame: "station",
    retry: true,
    advice:
      "Allow downloads from GitHub or the npm registry, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an Electron.",
  },
  "desktop.save": {
    blame: "input",
    retry: true,
    advice: "The file could not be written: check the folder and the free space, or choose another file name.",
  },
  "desktop.print": {
    blame: "station",
    retry: true,
    advice: "The page did not reach a printer: check the printer, or save the page as a PDF.",
  },
  "desktop.page-file": {
    blame: "input",
    retry: true,
    advice: "The PDF cannot be written there: choose another folder.",
  },
  "desktop.option": {
    blame: "input",
    retry: false,
    advice: "Correct the option that the station was started with, then start it again.",
  },
} as const satisfies CodeTable;
