import { setPriority } from "node:os";
import type { UtilityProcess } from "electron";

/**
 * How far a helper gives way, as a niceness. A tray of 64 is 32 workers a core on a small computer: at 10 (Node's "below normal")
 * they would leave the window a quarter of a core between them, at 15 half of one. Windows takes all from 10 to 18 for "below normal".
 */
const NICENESS = 15;

/**
 * Lets a helper process give way to the window and the main process: a tray of workers on a small computer would keep the
 * processor from the screen and from the record. What it waits for most, its modem, is slower than that by far.
 */
export function yieldProcessor(child: UtilityProcess): void {
  child.once("spawn", () => {
    if (child.pid === undefined) return;
    try {
      setPriority(child.pid, NICENESS);
    } catch {
      // It is gone already, or the system does not allow it: then it runs like everything else.
    }
  });
}
