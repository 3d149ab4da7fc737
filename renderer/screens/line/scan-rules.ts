import type { SlotState } from "../../../src/contract/slot-state.ts";
import type { SlotId } from "../../../src/core/ids.ts";

/** The longest serial that the record takes, in characters. */
const LONGEST_SERIAL = 64;

/** Why a scan was refused; `line.refused.<why>` is the sentence. `slot` is the one that has the serial already. */
export type Refusal =
  | { readonly why: "noTarget" }
  | { readonly why: "tooLong" }
  | { readonly why: "unreadable" }
  | { readonly why: "pattern"; readonly serial: string }
  | { readonly why: "scannedBefore" | "running" | "passed"; readonly serial: string; readonly slot: SlotId };

/** What a scan is judged against. */
export type ScanContext = {
  /** The slot that the next scan is for; absent: none is free. */
  readonly target: SlotId | undefined;
  /** What a serial must look like, whole; absent: free. */
  readonly pattern: string | undefined;
  /** Serials scanned for the next runs, by slot. */
  readonly prepared: ReadonlyMap<SlotId, string>;
  readonly states: readonly SlotState[];
};

/** What becomes of a scan: taken for the target, or refused with the reason. */
export type ScanVerdict =
  | { readonly kind: "taken"; readonly serial: string; readonly slot: SlotId }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Judges a scanned text; blanks around it do not count. */
export function judgeScan(text: string, { target, pattern, prepared, states }: ScanContext): ScanVerdict {
  const serial = text.trim();
  const refuse = (refusal: Refusal): ScanVerdict => ({ kind: "refused", refusal });
  if (serial.length > LONGEST_SERIAL) return refuse({ why: "tooLong" });
  if (serial === "" || /\p{Cc}/u.test(serial)) return refuse({ why: "unreadable" });
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, "u").test(serial))
    return refuse({ why: "pattern", serial });
  for (const [slot, other] of prepared) if (other === serial) return refuse({ why: "scannedBefore", serial, slot });
  for (const state of states) {
    if (state.kind === "idle" || state.boardSerial !== serial) continue;
    if (state.kind === "running") return refuse({ why: "running", serial, slot: state.slot });
    if (state.outcome === "PASS" && !prepared.has(state.slot))
      return refuse({ why: "passed", serial, slot: state.slot });
  }
  return target === undefined ? refuse({ why: "noTarget" }) : { kind: "taken", serial, slot: target };
}
