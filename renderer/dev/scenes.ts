import { PHASES, type Device, type Outcome, type Phase } from "../../src/contract/common.ts";
import type { SlotState } from "../../src/contract/slot-state.ts";
import { codeEntry, type ErrorCode } from "../../src/core/error-codes.ts";
import type { DeviceUuid, Imei, RunId, SlotId } from "../../src/core/ids.ts";

/** A tray to show: its size and what lies in its slots. */
export type Scene = {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly training: boolean;
  /** What a scanned serial must look like; absent: serials are free. */
  readonly pattern?: string;
  /** Slots at whose port nothing is plugged in. */
  readonly absent?: readonly SlotId[];
  /** How the slots stand at `now` (the window's clock, ms since 1970). */
  readonly slots: (now: number) => readonly SlotState[];
};

/** The slot's name. */
export function slotName(index: number): SlotId {
  return String(index + 1) as SlotId;
}

/** An invented run's id, made at `at`. */
export function fakeRunId(index: number, at: number): RunId {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, "0")}` as RunId;
}

/** An invented unit. */
export function fakeDevice(index: number): Device {
  const tail = (0x121b6401627d + index * 7919).toString(16);
  return {
    uuid: `50363154-3931-44f0-8022-${tail}` as DeviceUuid,
    imei: String(351901930000000 + index * 104729) as Imei,
    model: "nRF9151-LACA",
    firmware: "mfw_nrf91x1_2.0.2",
  };
}

function serialOf(index: number): string {
  return `7Q4${(0xe60 + index * 3).toString(16).toUpperCase()}`;
}

function view(index: number, startedAt: number) {
  return {
    slot: slotName(index),
    runId: fakeRunId(index, startedAt),
    link: `tcp://127.0.0.1:${5001 + index}`,
    recipe: "Meter LTE-M EU 14",
    startedAt: new Date(startedAt).toISOString(),
    boardSerial: serialOf(index),
    device: fakeDevice(index),
    phasesDone: 7,
    commandsDone: 5,
    commandsTotal: 5,
  };
}

/** A slot whose run ended after `seconds`. */
function ended(
  index: number,
  now: number,
  outcome: Outcome,
  seconds: number,
  code?: ErrorCode,
  commands = 5,
): SlotState {
  const error =
    code === undefined ? {} : { error: { code, what: "an invented fault", facts: {}, advice: codeEntry(code).advice } };
  return {
    ...view(index, now - 252_000),
    kind: "finished",
    outcome,
    release: "restored",
    commandsTotal: commands,
    commandsDone: commands,
    elapsedMs: seconds * 1000,
    ...error,
  };
}

/** A slot in the middle of a phase. */
function busy(index: number, now: number, phase: Phase, done = 3): SlotState {
  const phasesDone = PHASES.indexOf(phase);
  return { ...view(index, now - 157_000), kind: "running", phase, attempt: 1, phasesDone, commandsDone: done };
}

const idle = (index: number): SlotState => ({ kind: "idle", slot: slotName(index) });
const passed = (index: number, now: number): SlotState => ended(index, now, "PASS", 236 + ((index * 5) % 13));

function each(count: number, of: (index: number) => SlotState): readonly SlotState[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

const PATTERN = "7Q[0-9A-F]{4}";

/** The trays that can be shown. */
export const SCENES: readonly Scene[] = [
  {
    ...{ name: "ready-8", rows: 2, columns: 4, training: true },
    slots: () => each(8, idle),
  },
  {
    ...{ name: "finished-8", rows: 2, columns: 4, training: false, pattern: PATTERN },
    slots: (now) =>
      each(8, (index) => {
        if (index === 2) return ended(index, now, "FAIL", 33, "at.silent", 0);
        if (index === 5) return ended(index, now, "ERROR", 61, "transport.timeout", 0);
        return passed(index, now);
      }),
  },
  {
    ...{ name: "running-8", rows: 2, columns: 4, training: true },
    slots: (now) =>
      each(8, (index) => (index < 3 ? passed(index, now) : busy(index, now, PHASES[index - 2] ?? "verify"))),
  },
  {
    ...{ name: "unplugged-8", rows: 2, columns: 4, training: false, absent: [slotName(2), slotName(6)] },
    slots: (now) => each(8, (index) => (index === 0 ? passed(index, now) : idle(index))),
  },
  {
    ...{ name: "running-32", rows: 4, columns: 8, training: true, pattern: PATTERN },
    slots: (now) =>
      each(32, (index) => {
        if (index === 13) return ended(index, now, "FAIL", 201, "run.credential-missing");
        if (index === 20) return ended(index, now, "ERROR", 12, "link.lost", 0);
        const running: Readonly<Record<number, Phase>> = {
          ...{ 5: "release", 10: "verify", 19: "verify", 23: "provision", 24: "provision", 25: "provision" },
          ...{ 27: "claim", 28: "check", 29: "identify" },
        };
        const phase = running[index];
        if (phase !== undefined) return busy(index, now, phase);
        return index === 26 || index > 29 ? idle(index) : passed(index, now);
      }),
  },
  {
    ...{ name: "running-128", rows: 8, columns: 16, training: false, pattern: PATTERN },
    slots: (now) =>
      each(128, (index) => {
        if (index === 36) return ended(index, now, "FAIL", 201, "run.firmware-too-old");
        if (index === 73 || index === 74) return ended(index, now, "ERROR", 12, "link.lost", 0);
        if (index >= 124) return idle(index);
        if ([40, 65, 79, 80].includes(index) || (index > 91 && index < 98)) return busy(index, now, "verify");
        if (index < 92) return passed(index, now);
        return busy(index, now, index < 108 ? "provision" : index < 118 ? "claim" : "check");
      }),
  },
  {
    ...{ name: "report", rows: 4, columns: 8, training: false },
    slots: () => each(32, idle),
  },
  {
    ...{ name: "states-8", rows: 2, columns: 4, training: false, pattern: PATTERN },
    slots: (now) => [
      ...[idle(0), idle(1), idle(2), busy(3, now, "provision"), passed(4, now)],
      ended(5, now, "FAIL", 201, "run.credential-missing"),
      ended(6, now, "ERROR", 12, "link.lost", 0),
      ended(7, now, "ABORTED", 60, "station.aborted"),
    ],
  },
];
