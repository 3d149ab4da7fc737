import { constants, setPriority } from "node:os";
import type { UtilityProcess } from "electron";

/**
 * Lets a helper process give way to the window and the main process: a tray of workers on a small computer would keep the
 * processor from the screen and from the record. What it waits for most, its modem, is slower than that by far.
 */
export function yieldProcessor(child: UtilityProcess): void {
  child.once("spawn", () => {
    if (child.pid === undefined) return;
    try {
      setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It is gone already, or the system does not allow it: then it runs like everything else.
    }
  });
}
