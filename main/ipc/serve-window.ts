import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from "electron";
import type { Channel, Reply } from "../../src/contract/desktop.ts";
import type { Session } from "../../src/contract/desktop-session.ts";
import { reportOf } from "../../src/core/error.ts";
import { answerRequest } from "./answer-request.ts";
import { IPC } from "./channels.ts";
import type { Handlers } from "./handlers.ts";
import { requireTrusted } from "./trusted-sender.ts";

/** The window that is served now; it may be closed and made again. */
export type CurrentWindow = () => BrowserWindow | undefined;

/** Answers the window's requests from now on, as far as the session has the right to them. */
export function serveWindow(window: CurrentWindow, handlers: Handlers, session: () => Session): void {
  ipcMain.handle(IPC.request, async (event, kind: unknown, asks: unknown): Promise<Reply> => {
    try {
      checkSender(event, window());
    } catch (error) {
      return { ok: false, error: reportOf(error) };
    }
    return answerRequest(handlers, session, kind, asks);
  });
}

/** Tells the window something; lost when there is none, which then asks for a snapshot as it opens. */
export function tellWindow(window: CurrentWindow, channel: Channel, message: unknown): void {
  const current = window();
  if (current === undefined || current.isDestroyed() || current.webContents.isCrashed()) return;
  current.webContents.send(IPC[channel], message);
}

function checkSender(event: IpcMainInvokeEvent, window: BrowserWindow | undefined): void {
  const alive = window !== undefined && !window.isDestroyed();
  const frame = event.senderFrame;
  requireTrusted({
    ownWindow: alive && event.sender === window.webContents,
    mainFrame: alive && frame !== null && frame === window.webContents.mainFrame,
    url: frame?.url,
  });
}
