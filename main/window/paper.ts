import { dialog, type WebContents } from "electron";
import { StationError } from "../../src/core/error.ts";
import type { Paper } from "../desk/about-desk.ts";
import type { CurrentWindow } from "../ipc/serve-window.ts";
import type { Texts } from "./texts.ts";

const SHEET = { pageSize: "A4", printBackground: true } as const;
/** What Electron says when a person closes the printer dialog. */
const CANCELLED = /cancel/i;

/** The station's window on paper. */
export function windowPaper(current: CurrentWindow, texts: () => Texts): Paper {
  const contents = (): WebContents => {
    const window = current();
    if (window === undefined || window.isDestroyed()) throw new StationError("desktop.print", "there is no window");
    return window.webContents;
  };
  return {
    print: () =>
      new Promise((resolve, reject) => {
        contents().print(SHEET, (printed, why) => {
          if (printed || CANCELLED.test(why)) resolve(printed);
          else reject(new StationError("desktop.print", "the page was not printed", { reason: why.slice(0, 200) }));
        });
      }),
    async pdf() {
      try {
        return await contents().printToPDF({ ...SHEET, preferCSSPageSize: true });
      } catch (cause) {
        throw new StationError("desktop.print", "the page could not be made", {}, { cause });
      }
    },
    async savePlace(name) {
      const options = { title: texts().pdfTitle, defaultPath: name, filters: [{ name: "PDF", extensions: ["pdf"] }] };
      const window = current();
      const { canceled, filePath } = await (window === undefined
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(window, options));
      return canceled || filePath === "" ? undefined : filePath;
    },
  };
}
