import { BrowserWindow, screen } from "electron";
import { APP_ORIGIN } from "../ipc/trusted-sender.ts";
import { fitWindow, readWindowState, SMALLEST, writeWindowState } from "./window-state.ts";

export type WindowParts = {
  readonly preload: string;
  readonly title: string;
  /** File that keeps where the window was. */
  readonly state: string;
  readonly icon?: string;
  readonly dark: boolean;
};

/** Opens the station's window where it was last time and loads its page. */
export function openWindow({ preload, title, state, icon, dark }: WindowParts): BrowserWindow {
  const screens = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const { bounds, maximized } = fitWindow(readWindowState(state), screens);
  const window = new BrowserWindow({
    ...bounds,
    ...{ minWidth: SMALLEST.width, minHeight: SMALLEST.height },
    ...{ title, show: false, autoHideMenuBar: true, backgroundColor: dark ? "#101418" : "#f4f6f8" },
    ...(icon === undefined ? {} : { icon }),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      // The window shows a running line also when another one covers it.
      backgroundThrottling: false,
    },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  window.on("close", () => keepState(window, state));
  // The page's own title would be the same in every language.
  window.on("page-title-updated", (event) => event.preventDefault());
  void window.loadURL(`${APP_ORIGIN}/index.html`).catch(() => undefined);
  return window;
}

function keepState(window: BrowserWindow, file: string): void {
  writeWindowState(file, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
}
