import { Menu, type MenuItemConstructorOptions } from "electron";
import type { Texts } from "./texts.ts";

/** What the menu can do beyond the system's own items. */
export type MenuActions = {
  /** Lays new simulated boards into the tray; absent where boards are real. */
  readonly renewBoards?: () => void;
  readonly reload: () => void;
  /** Presses a key in the window, which knows what it means on its screen. */
  readonly press: (key: "F1" | "Control+P") => void;
};

/** Puts the application's menu in place: what a person expects, and no way around the station (no developer tools in packages). */
export function setMenu(texts: Texts, actions: MenuActions, packaged: boolean): void {
  const { renewBoards } = actions;
  const training: MenuItemConstructorOptions[] =
    renewBoards === undefined
      ? []
      : [
          {
            label: texts.training,
            submenu: [{ label: texts.newBoards, accelerator: "CommandOrControl+Shift+B", click: () => renewBoards() }],
          },
        ];
  const view: MenuItemConstructorOptions[] = [
    { role: "zoomIn" },
    { role: "zoomOut" },
    { role: "resetZoom" },
    { type: "separator" },
    { role: "togglefullscreen" },
    ...(packaged ? [] : ([{ type: "separator" }, { role: "toggleDevTools" }] as const)),
  ];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === "darwin" ? ([{ role: "appMenu" }] as const) : []),
      {
        label: texts.file,
        submenu: [
          windowKey(texts.print, "CommandOrControl+P", () => actions.press("Control+P")),
          { type: "separator" },
          { role: process.platform === "darwin" ? "close" : "quit" },
        ],
      },
      { label: texts.edit, submenu: [{ role: "cut" }, { role: "copy" }, { role: "paste" }, { role: "selectAll" }] },
      {
        label: texts.view,
        submenu: [{ role: "reload", click: () => actions.reload() }, { type: "separator" }, ...view],
      },
      ...training,
      { role: "help", label: texts.help, submenu: [windowKey(texts.helpForScreen, "F1", () => actions.press("F1"))] },
    ]),
  );
}

/** An item for a key that the window itself listens to: shown here, not taken away from it. */
function windowKey(label: string, accelerator: string, click: () => void): MenuItemConstructorOptions {
  return { label, accelerator, registerAccelerator: false, click };
}
