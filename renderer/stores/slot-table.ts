import { shallowRef, type ShallowRef } from "vue";
import { idleSlot, type SlotState } from "../../src/contract/slot-state.ts";
import type { SlotId } from "../../src/core/ids.ts";

/** The slots' states, each in a reference of its own: news of one slot renders one tile. */
export type SlotTable = {
  /** The slot's reference; the same object for as long as the window lives. */
  readonly of: (slot: SlotId) => ShallowRef<SlotState>;
  /** Takes over a state; a state that is the same object changes nothing. */
  readonly set: (state: SlotState) => void;
};

/** An empty table; slots appear in it as idle when first asked for. */
export function slotTable(): SlotTable {
  const cells = new Map<SlotId, ShallowRef<SlotState>>();
  const of = (slot: SlotId): ShallowRef<SlotState> => {
    const known = cells.get(slot);
    if (known !== undefined) return known;
    const cell = shallowRef<SlotState>(idleSlot(slot));
    cells.set(slot, cell);
    return cell;
  };
  return {
    of,
    set: (state) => {
      of(state.slot).value = state;
    },
  };
}
