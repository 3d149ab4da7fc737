import type { Phase } from "../../src/contract/common.ts";
import type { RunDetail } from "../../src/contract/desktop-history.ts";
import type { RunRecord } from "../../src/contract/history.ts";
import type { RunEvent, RunEventBody } from "../../src/contract/run-event.ts";
import { codeEntry, isErrorCode } from "../../src/core/error-codes.ts";

/** A step of an invented phase: what is said, what comes back, how long it takes in s; `service` marks a command of the service. */
type Say = { readonly say: string; readonly reply: string; readonly takes: number; readonly service?: true };

const TAG = 16842753;
const WRITTEN = "9f3a41c7e08b5d1266d0a1b59e4c8f07d3b1c2a4958677e0f1a2b3c4d5e677ac";
const FOUND = "1b02e6d530f9c48a77aa1c25d0e3b4958a6f7c01d2e3f4a5b6c7d8e9fa0b0e51";
const CSR = "c0ffee41c7e08b5d1266d0a1b59e4c8f07d3b1c2a4958677e0f1a2b3c4d5e612";

function phaseSteps(run: RunRecord): Readonly<Record<Phase, readonly Say[]>> {
  const ok = (say: string, takes: number): Say => ({ say, reply: "OK\r\n", takes });
  const told = (say: string, reply: string, takes: number): Say => ({ say, reply: `${reply}\r\nOK\r\n`, takes });
  const secret = (length: number): string => `[sha256:${CSR} length:${length}]`;
  return {
    connect: [ok("AT", 0.1), ok("ATE0", 0.1), ok("AT+CMEE=1", 0.2)],
    identify: [
      told("AT+CGMM", run.model ?? "", 0.2),
      told("AT+CGMR", run.firmware ?? "", 0.2),
      told("AT+CGSN", run.imei ?? "", 0.3),
      told("AT%DEVICEUUID", `%DEVICEUUID: ${run.uuid ?? ""}`, 0.6),
    ],
    check: [],
    claim: [told("AT%ATTESTTOKEN", `%ATTESTTOKEN: "${secret(180)}"`, 3.8)],
    provision: [
      told('AT%JWT=0,300,"",""', `%JWT: "${secret(412)}"`, 1.8),
      ok("AT+CFUN=4", 0.4),
      { ...told(`%KEYGEN ${TAG},2,0`, `%KEYGEN: "${secret(569)}"`, 48.3), service: true },
      { ...ok(`%CMNG 0,${TAG},0,"${secret(1188)}"`, 1.1), service: true },
      ok("AT+CFUN=1", 2.2),
    ],
    verify: [told(`AT%CMNG=1,${TAG}`, `%CMNG: ${TAG},0,"${FOUND.toUpperCase()}"`, 21.6)],
    release: [ok("AT+CMEE=0", 0.1)],
  };
}

/** Waits before the steps of a phase, in s: network, service, person. */
const WAITS: Readonly<Record<Phase, number>> = {
  ...{ connect: 1.2, identify: 3, check: 0.1, claim: 5.1, provision: 8, verify: 2.5, release: 0.6 },
};

/** An invented run with events at the pace of a real line; one that did not pass breaks off in its verify phase. */
export function fakeDetail(run: RunRecord): NonNullable<RunDetail> {
  const clock = { now: Date.parse(run.startedAt), seq: 0 };
  const events: RunEvent[] = [];
  const tell = (body: RunEventBody): void => {
    const at = new Date(clock.now).toISOString();
    events.push({ ...body, runId: run.id, slot: run.slot, seq: clock.seq++, at });
  };
  const { link, recipe, recipeSha256, again, training } = run;
  tell({ type: "run.started", link, recipe, recipeSha256, again, training });
  const steps = phaseSteps(run);
  const error = errorOf(run);
  for (const phase of ["connect", "identify", "check", "claim", "provision", "verify", "release"] as const) {
    const begun = clock.now;
    tell({ type: "phase.started", phase, attempt: 1, limitMs: 240_000 });
    clock.now += WAITS[phase] * 1000;
    for (const [index, step] of steps[phase].entries()) tellStep(step, index, clock, tell);
    if (phase === "verify") tellCredentials(run, tell);
    const failed = phase === "verify" && error !== undefined;
    const elapsedMs = clock.now - begun;
    tell({
      type: "phase.finished",
      phase,
      attempt: 1,
      result: failed ? "failed" : "passed",
      elapsedMs,
      ...(failed ? { error } : {}),
    });
  }
  const elapsedMs = clock.now - Date.parse(run.startedAt);
  const outcome = run.outcome ?? "PASS";
  tell({ type: "run.finished", outcome, release: "restored", elapsedMs, ...(error === undefined ? {} : { error }) });
  return { run: { ...run, elapsedMs }, events };
}

type Tell = (body: RunEventBody) => void;

function tellStep({ say, reply, takes, service }: Say, index: number, clock: { now: number }, tell: Tell): void {
  const command = { id: `${say}-${index}`, kind: "at", text: say, ordinal: index + 1, total: 2 } as const;
  const elapsedMs = takes * 1000;
  if (service) tell({ type: "command.announced", command });
  clock.now += elapsedMs;
  if (service) tell({ type: "command.concluded", command, result: "ok", reply, elapsedMs });
  else tell({ type: "at.exchange", command: say, reply, elapsedMs });
}

function tellCredentials(run: RunRecord, tell: Tell): void {
  const different = run.code === "run.credential-different";
  const found = { credential: 0, expectedSha256: WRITTEN, foundSha256: different ? FOUND : WRITTEN } as const;
  const verdict = different ? "different" : "match";
  tell({ type: "credential.verified", secTag: TAG, ...found, verdict });
  tell({ type: "credential.verified", secTag: TAG, credential: 2, foundSha256: CSR, verdict: "present" });
  tell({ type: "artefact.made", name: `csr ${TAG}`, sha256: CSR, length: 268 });
}

function errorOf({ code }: RunRecord) {
  if (code === null || !isErrorCode(code)) return undefined;
  const facts = { tag: TAG, type: "root certificate" };
  return {
    code,
    what: "the credential in the modem is not the one that was written",
    facts,
    advice: codeEntry(code).advice,
  };
}
