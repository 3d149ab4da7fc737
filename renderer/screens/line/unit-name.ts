import type { SlotState } from "../../../src/contract/slot-state.ts";

const IMEI_TAIL = 6;

/** What people call the unit in a slot: its board serial, else the end of its IMEI; undefined while neither is known. */
export function unitName(state: SlotState): string | undefined {
  if (state.kind === "idle") return undefined;
  const { boardSerial, device } = state;
  return boardSerial ?? (device === undefined ? undefined : `…${device.imei.slice(-IMEI_TAIL)}`);
}

/** Everything that identifies the unit in a slot, one a line. */
export function unitFacts(state: SlotState): readonly string[] {
  if (state.kind === "idle" || state.device === undefined) return [];
  const { imei, uuid, model, firmware } = state.device;
  return [`IMEI ${imei}`, `UUID ${uuid}`, ...[model, firmware].filter((fact) => fact !== undefined)];
}
