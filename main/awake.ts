import { powerSaveBlocker } from "electron";

/** Keeps the computer from sleeping while batches run. */
export class Awake {
  #blocker: number | undefined;

  set(busy: boolean): void {
    if (busy && this.#blocker === undefined) this.#blocker = powerSaveBlocker.start("prevent-app-suspension");
    if (!busy && this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker);
      this.#blocker = undefined;
    }
  }
}
