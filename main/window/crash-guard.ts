import { dialog, type BrowserWindow } from "electron";
import type { Clock } from "../../src/core/clock.ts";
import { ReloadPlan } from "./reload-plan.ts";
import type { Texts } from "./texts.ts";

/** Loads the page again when its process is gone; asks the person when it hangs. The runs go on meanwhile. */
export function guardPage(window: BrowserWindow, clock: Clock, texts: () => Texts): void {
  const plan = new ReloadPlan(clock);
  const asking = { now: false };
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    if (reason === "clean-exit") return;
    clock.after(plan.delay(), () => {
      if (!window.isDestroyed()) window.webContents.reload();
    });
  });
  window.on("unresponsive", () => {
    if (asking.now) return;
    asking.now = true;
    const { message, detail, wait, reload } = texts().hung;
    void dialog
      .showMessageBox(window, { type: "warning", message, detail, buttons: [wait, reload], defaultId: 0, cancelId: 0 })
      .then(({ response }) => {
        asking.now = false;
        // A page that hangs does not hear a plain reload: its process is ended, which loads it again.
        if (response === 1 && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
      });
  });
}
