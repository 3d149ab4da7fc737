import { dialog, type BrowserWindow } from "electron";
import type { Clock } from "../../src/core/clock.ts";
import { minutes, seconds } from "../../src/core/duration.ts";
import type { Texts } from "./texts.ts";

/** So many crashes within {@link PERIOD} are taken for a fault that a reload does not mend at once. */
const MOST_CRASHES = 3;
const PERIOD = minutes(1);
const PAUSE = seconds(10);

/** When a page that crashed is loaded again. */
export class ReloadPlan {
  readonly #clock: Clock;
  #crashes: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long to wait before the reload after a crash now. */
  delay() {
    const now = this.#clock.monotonic();
    this.#crashes = [...this.#crashes.filter((at) => now - at < PERIOD), now];
    return this.#crashes.length > MOST_CRASHES ? PAUSE : seconds(0);
  }
}

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
