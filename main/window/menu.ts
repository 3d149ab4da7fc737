import { Menu, type MenuItemConstructorOptions } from "electron";
import type { Texts } from "./texts.ts";

/** What the menu can do beyond the system's own items. */
export type MenuActions = {
  /** Lays new simulated boards into the tray; absent where boards are real. */
  readonly renewBoards?: () => void;
  readonly reload: () => void;
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
      { label: texts.file, submenu: [{ role: process.platform === "darwin" ? "close" : "quit" }] },
      { label: texts.edit, submenu: [{ role: "cut" }, { role: "copy" }, { role: "paste" }, { role: "selectAll" }] },
      {
        label: texts.view,
        submenu: [{ role: "reload", click: () => actions.reload() }, { type: "separator" }, ...view],
      },
      ...training,
    ]),
  );
}
