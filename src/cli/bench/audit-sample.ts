import { createHash, randomBytes } from "node:crypto";
import type { BatchStart } from "../../audit/audit-store.ts";
import type { RunEvent, RunEventBody } from "../../contract/run-event.ts";
import {
  parseDeviceUuid,
  timeOrderedId,
  type BatchId,
  type DeviceUuid,
  type Imei,
  type RunId,
  type SlotId,
} from "../../core/ids.ts";
import { isoTime } from "../../core/iso-time.ts";

const RECIPE = "{}";
const RECIPE_SHA256 = createHash("sha256").update(RECIPE).digest("hex");
const DIGEST = "5f".repeat(32);
/** Events of a run besides its first: what a provisioning of six commands leaves behind. */
const EVENTS = 20;

/** A batch as a tray of `slots` boards would record it: its start, and the other events of its runs in the order of their times. */
export type SampleBatch = { readonly start: BatchStart; readonly events: readonly RunEvent[] };

/** How many events a sample batch brings. */
export function sampleSize(slots: number): number {
  return slots * (EVENTS + 1);
}

/** @param time milliseconds since 1970, of the batch's start */
export function sampleBatch(slots: number, time: number): SampleBatch {
  const named = { recipe: "Bench 1", recipeSha256: RECIPE_SHA256, training: true } as const;
  const at = isoTime(time);
  const runs = Array.from({ length: slots }, (_, index) => ({
    type: "run.started" as const,
    ...{ runId: timeOrderedId(time, randomBytes) as RunId, slot: String(index + 1) as SlotId, seq: 0, at },
    ...{ link: `tcp:127.0.0.1:${4001 + index}`, again: false },
    ...named,
  }));
  const batch = timeOrderedId(time, randomBytes) as BatchId;
  const start: BatchStart = { batch, at, fixture: "Bench", recipeText: RECIPE, runs, ...named };
  const events = Array.from({ length: EVENTS }, (_, step) =>
    runs.map(({ runId, slot }): RunEvent => {
      const stamp = { runId, slot, seq: step + 1, at: isoTime(time + step) };
      return { ...bodyOf(step), ...stamp };
    }),
  ).flat();
  return { start, events };
}

function bodyOf(step: number): RunEventBody {
  if (step === 0) return { type: "unit.identified", device: device() };
  if (step === EVENTS - 1) return { type: "run.finished", outcome: "PASS", release: "restored", elapsedMs: 8123.4 };
  if (step % 3 === 1)
    return {
      type: "at.exchange",
      command: "AT%CMNG=1,16842753",
      reply: `%CMNG: 16842753,0,"${DIGEST}"`,
      elapsedMs: 12.3,
    };
  const ordinal = Math.ceil(step / 3);
  const text = `%CMNG 0,16842753,0,[sha256:${DIGEST} length:1188]`;
  const command = {
    id: `9685ef84-8cac-4257-b5cc-94bc416a1c1d.${ordinal}`,
    kind: "at",
    text,
    ordinal,
    total: 6,
  } as const;
  if (step % 3 === 2) return { type: "command.announced", command };
  return { type: "command.concluded", command, result: "ok", reply: "OK\r\n", elapsedMs: 31.5 };
}

function device() {
  const imei = String(350_000_000_000_000 + randomBytes(5).readUIntBE(0, 5)).slice(0, 15) as Imei;
  return { uuid: uuid(), imei, model: "nRF9151-LACA", firmware: "mfw_nrf91x1_2.0.2" };
}

function uuid(): DeviceUuid {
  const hex = randomBytes(16).toString("hex");
  const text = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  return parseDeviceUuid(text) ?? uuid();
}
