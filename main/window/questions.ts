import { dialog } from "electron";
import { describeError, type StationError } from "../../src/core/error.ts";
import type { CurrentWindow } from "../ipc/serve-window.ts";
import type { Texts } from "./texts.ts";

/** Asks whether runs are to be stopped and the station closed. */
export async function confirmClose(current: CurrentWindow, texts: Texts): Promise<boolean> {
  const { message, detail, stay, close } = texts.running;
  const options = {
    ...{ type: "warning" as const, message, detail, buttons: [stay, close] },
    ...{ defaultId: 0, cancelId: 0, noLink: true },
  };
  const window = current();
  const { response } = await (window === undefined
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(window, options));
  return response === 1;
}

/** The line could not be opened as it was left: says why, and what is there in its place. */
export function tellFallback(current: CurrentWindow, texts: Texts, fallback: StationError | undefined): void {
  const window = current();
  if (fallback === undefined || window === undefined) return;
  const { message, detail } = texts.fallback;
  const why = `${describeError(fallback)}\n\n${fallback.advice}\n\n${detail}`;
  void dialog.showMessageBox(window, { type: "warning", message, detail: why, noLink: true });
}
