/** How large the tiles of a tray are: L up to 12 slots, M up to 48, S above. */
export type TraySize = "L" | "M" | "S";

const LARGE_UP_TO = 12;
const MEDIUM_UP_TO = 48;

/** The size for a tray of `slots` slots. */
export function traySize(slots: number): TraySize {
  if (slots <= LARGE_UP_TO) return "L";
  return slots <= MEDIUM_UP_TO ? "M" : "S";
}
