import { dialog, type BrowserWindow, type OpenDialogOptions } from "electron";
import type { FileDialogs } from "../desk/history-desk.ts";
import type { LibraryDialogs } from "../desk/library-desk.ts";
import type { ReportDialogs } from "../desk/report-desk.ts";
import type { LineDialogs } from "../shared-line/line-desk.ts";
import type { CurrentWindow } from "../ipc/serve-window.ts";
import type { RescueParts } from "./record-rescue.ts";
import type { Texts } from "./texts.ts";

/** The system's dialogs over the station's window. */
export function fileDialogs(current: CurrentWindow, texts: () => Texts): FileDialogs {
  return {
    async saveExport(name, format) {
      const filters = [{ name: format === "csv" ? "CSV" : "JSON Lines", extensions: [format] }];
      const options = { title: texts().exportTitle, defaultPath: name, filters };
      const { canceled, filePath } = await over(current(), {
        window: (window) => dialog.showSaveDialog(window, options),
        alone: () => dialog.showSaveDialog(options),
      });
      return canceled || filePath === "" ? undefined : filePath;
    },
    async openRecord() {
      const { verifyTitle: title, records } = texts();
      const filters = [
        { name: records, extensions: ["db", "csv", "jsonl", "json"] },
        { name: "*", extensions: ["*"] },
      ];
      const options = { title, filters, properties: ["openFile" as const] };
      const { canceled, filePaths } = await over(current(), {
        window: (window) => dialog.showOpenDialog(window, options),
        alone: () => dialog.showOpenDialog(options),
      });
      return canceled ? undefined : filePaths[0];
    },
  };
}

/** The dialog for what a person saves of the report. */
export function reportDialogs(current: CurrentWindow, texts: () => Texts): ReportDialogs {
  return {
    async saveReport(name, format) {
      const filters = [{ name: format.toUpperCase(), extensions: [format] }];
      const options = { title: texts().reportTitle, defaultPath: name, filters };
      const { canceled, filePath } = await over(current(), {
        window: (window) => dialog.showSaveDialog(window, options),
        alone: () => dialog.showSaveDialog(options),
      });
      return canceled || filePath === "" ? undefined : filePath;
    },
  };
}

/** The dialogs of a station whose record cannot be opened; there is no window yet. */
export function rescueDialogs({ title, records, record }: Texts): Pick<RescueParts, "ask" | "openBackup"> {
  return {
    async ask({ message, detail, buttons }) {
      const options = { title, message, detail, buttons: [...buttons], defaultId: 0, cancelId: 0, noLink: true };
      const { response } = await dialog.showMessageBox({ type: "warning", ...options });
      return response;
    },
    async openBackup() {
      const filters = [
        { name: records, extensions: ["db"] },
        { name: "*", extensions: ["*"] },
      ];
      const options = { title: record.backupTitle, filters, properties: ["openFile" as const] };
      const { canceled, filePaths } = await dialog.showOpenDialog(options);
      return canceled ? undefined : filePaths[0];
    },
  };
}

/** The dialogs for what a person brings into the library. */
export function libraryDialogs(current: CurrentWindow, texts: () => Texts): LibraryDialogs {
  const chosen = async (options: OpenDialogOptions): Promise<readonly string[] | undefined> => {
    const { canceled, filePaths } = await over(current(), {
      window: (window) => dialog.showOpenDialog(window, options),
      alone: () => dialog.showOpenDialog(options),
    });
    return canceled || filePaths.length === 0 ? undefined : filePaths;
  };
  return {
    openDocuments(kind) {
      const title = texts().importTitles[kind];
      if (kind === "recipe") return chosen({ title, properties: ["openDirectory", "multiSelections"] });
      const filters = [{ name: "YAML, JSON", extensions: ["yaml", "yml", "json"] }];
      return chosen({ title, filters, properties: ["openFile", "multiSelections"] });
    },
    openAttachments: () => chosen({ title: texts().attachTitle, properties: ["openFile", "multiSelections"] }),
  };
}

/** The dialogs for the line that stations share. */
export function lineDialogs(current: CurrentWindow, texts: () => Texts): LineDialogs {
  const chosen = async (title: string, extensions: readonly string[]): Promise<string | undefined> => {
    const filters = [
      { name: extensions.join(", "), extensions: [...extensions] },
      { name: "*", extensions: ["*"] },
    ];
    const options: OpenDialogOptions = { title, filters, properties: ["openFile"] };
    const { canceled, filePaths } = await over(current(), {
      window: (window) => dialog.showOpenDialog(window, options),
      alone: () => dialog.showOpenDialog(options),
    });
    return canceled ? undefined : filePaths[0];
  };
  return {
    openLineFile: () => chosen(texts().lineTitle, ["yaml", "yml", "json"]),
    openCredentials: () => chosen(texts().credentialsTitle, ["creds", "nk"]),
  };
}

function over<T>(
  window: BrowserWindow | undefined,
  show: { readonly window: (window: BrowserWindow) => T; readonly alone: () => T },
): T {
  return window === undefined ? show.alone() : show.window(window);
}
