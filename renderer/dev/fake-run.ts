import { PHASES } from "../../src/contract/common.ts";
import type { RunEvent, RunEventBody } from "../../src/contract/run-event.ts";
import type { SlotState } from "../../src/contract/slot-state.ts";
import { codeEntry } from "../../src/core/error-codes.ts";
import { fakeDevice, fakeRunId } from "./scenes.ts";
import type { SlotId } from "../../src/core/ids.ts";

const SHA256 = "52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1c3f452d8aa106f3eb917";
const COMMANDS = 5;

/** The events of an invented run that fails with `code` in its verify phase, or passes. */
export function fakeRun(
  slot: SlotId,
  index: number,
  boardSerial: string | undefined,
  code?: "link.lost" | "run.credential-missing",
) {
  const begun = Date.now();
  const runId = fakeRunId(index, begun);
  const counter = { seq: 0 };
  const stamped = (body: RunEventBody): RunEvent => {
    const stamp = { runId, slot, seq: counter.seq++, at: new Date().toISOString() };
    return { ...body, ...stamp };
  };
  const error =
    code === undefined ? {} : { error: { code, what: "an invented fault", facts: {}, advice: codeEntry(code).advice } };
  const bodies: RunEventBody[] = [
    {
      type: "run.started",
      link: "tcp://127.0.0.1:5001",
      ...(boardSerial === undefined ? {} : { boardSerial }),
      ...{ recipe: "Meter LTE-M EU 14", recipeSha256: SHA256, again: false, training: true },
    },
  ];
  for (const phase of PHASES) {
    bodies.push({ type: "phase.started", phase, attempt: 1, limitMs: 60_000 });
    if (phase === "identify") bodies.push({ type: "unit.identified", device: fakeDevice(index) });
    if (phase === "provision") bodies.push(...commands());
    const failed = phase === "verify" && code !== undefined;
    bodies.push({
      type: "phase.finished",
      phase,
      attempt: 1,
      result: failed ? "failed" : "passed",
      elapsedMs: 200,
      ...(failed ? error : {}),
    });
  }
  const outcome = code === undefined ? "PASS" : code === "link.lost" ? "ERROR" : "FAIL";
  const last = (): RunEventBody => ({
    type: "run.finished",
    outcome,
    release: "restored",
    elapsedMs: Date.now() - begun,
    ...error,
  });
  return { length: bodies.length + 1, at: (step: number): RunEvent => stamped(bodies[step] ?? last()) };
}

function commands(): readonly RunEventBody[] {
  return Array.from({ length: COMMANDS }, (_, index) => {
    const command = {
      id: String(index),
      kind: "at",
      text: `%CMNG ${index}`,
      ordinal: index + 1,
      total: COMMANDS,
    } as const;
    return [
      { type: "command.announced", command } as const,
      { type: "command.concluded", command, result: "ok", reply: "OK", elapsedMs: 80 } as const,
    ];
  }).flat();
}

const LAST = 99_999;

/** The last event of a run that a person stopped at `now`. */
export function stoppedEvent(state: Extract<SlotState, { kind: "running" }>, now: Date): RunEvent {
  const code = "station.aborted";
  return {
    ...{ type: "run.finished", runId: state.runId, slot: state.slot, seq: LAST, at: now.toISOString() },
    ...{ outcome: "ABORTED", release: "restored", elapsedMs: now.getTime() - Date.parse(state.startedAt) },
    error: { code, what: "a person stopped the batch", facts: {}, advice: codeEntry(code).advice },
  };
}
