import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import type { ErrorCode } from "../../src/core/error-codes.ts";
import { reportOf } from "../../src/core/error.ts";
import { cme, ok, PLAIN_ERROR } from "../../src/simulator/answer.ts";
import { RunRig, type RigOptions } from "./support/run-rig.ts";
import { commandsBecome, deviceAnswers, error, modemAnswers, ownerAnswers, recipeIs } from "./support/twists.ts";

type Case = readonly [
  what: string,
  options: RigOptions,
  outcome: "FAIL" | "ERROR",
  code: ErrorCode,
  release: "untouched" | "restored" | "unreachable",
];

const NEVER = { modem: { open: () => error("link.absent") } };
const refused = () => Promise.resolve({ kind: "refused", error: reportOf(error("station.passed-before")) } as const);

const CASES: readonly Case[] = [
  ["the port is absent", NEVER, "ERROR", "link.absent", "untouched"],
  ["nothing answers on the port", { modem: { open: () => error("at.silent") } }, "FAIL", "at.silent", "unreachable"],
  ["the modem tells no IMEI", modemAnswers(/CGSN/, PLAIN_ERROR), "FAIL", "run.identity-unreadable", "restored"],
  ["the IMEI is garbage", modemAnswers(/CGSN/, ok("35502")), "FAIL", "run.identity-unreadable", "restored"],
  ["the core refuses the unit", { admission: refused }, "ERROR", "station.passed-before", "restored"],
  [
    "the core is silent",
    { admission: () => new Promise(() => undefined) },
    "ERROR",
    "run.admission-silent",
    "restored",
  ],
  ["the model is another", recipeIs({ modem: { models: ["nRF9161"] } }), "FAIL", "run.wrong-model", "restored"],
  [
    "the firmware is too old",
    recipeIs({ modem: { firmware: { minimum: "2.0.3" } } }),
    "FAIL",
    "run.firmware-too-old",
    "restored",
  ],
  [
    "the firmware is too new",
    recipeIs({ modem: { firmware: { maximum: "2.0.1" } } }),
    "FAIL",
    "run.firmware-too-new",
    "restored",
  ],
  [
    "no serial was scanned",
    recipeIs({ boardSerial: { pattern: "SN\\d+" } }),
    "ERROR",
    "run.serial-missing",
    "restored",
  ],
  ["no owner API is there", { withoutOwner: true }, "ERROR", "run.owner-missing", "restored"],
  [
    "no attestation token is made",
    modemAnswers(/ATTESTTOKEN/, PLAIN_ERROR),
    "FAIL",
    "provisioning.attestation-refused",
    "restored",
  ],
  ["the owner's key is refused", ownerAnswers(/POST claimed-devices$/, 401), "ERROR", "cloud.key-refused", "restored"],
  ["the owner's role is too low", ownerAnswers(/provisioning$/, 403), "ERROR", "cloud.role-refused", "restored"],
  [
    "the token is refused",
    ownerAnswers(/POST claimed-devices$/, 400, "claimToken: no attestation token"),
    "FAIL",
    "cloud.token-refused",
    "restored",
  ],
  ["the queue is full", ownerAnswers(/POST .*provisioning$/, 409), "ERROR", "cloud.queue-full", "restored"],
  ["a command is too large", ownerAnswers(/POST .*provisioning$/, 413), "ERROR", "cloud.too-large", "restored"],
  ["the service is down", ownerAnswers(/POST claimed-devices$/, 503), "ERROR", "cloud.unavailable", "restored"],
  [
    "the queue answers nonsense",
    ownerAnswers(/POST .*provisioning$/, 201, "no id"),
    "ERROR",
    "cloud.bad-answer",
    "restored",
  ],
  [
    "the device side does not know the unit",
    deviceAnswers("GET", 401),
    "ERROR",
    "provisioning.token-refused",
    "restored",
  ],
  ["the device side is busy", deviceAnswers("GET", 500), "ERROR", "provisioning.service-busy", "restored"],
  [
    "the certificate is another",
    deviceAnswers("GET", error("transport.tls-untrusted")),
    "ERROR",
    "transport.tls-untrusted",
    "restored",
  ],
  ["the report is refused", deviceAnswers("POST", 400), "ERROR", "provisioning.report-failed", "restored"],
  [
    "the report gets lost",
    deviceAnswers("POST", error("transport.reset")),
    "ERROR",
    "provisioning.report-failed",
    "restored",
  ],
  [
    "the list is garbage",
    { service: { device: () => ({ status: 200, body: Uint8Array.of(1, 2) }) } },
    "ERROR",
    "provisioning.list-malformed",
    "restored",
  ],
  ["the service has nothing", commandsBecome(() => []), "ERROR", "run.nothing-executed", "restored"],
  [
    "a command is left out",
    commandsBecome((list) => list.filter(({ id }) => !id.startsWith("c2"))),
    "ERROR",
    "run.commands-missing",
    "restored",
  ],
  [
    "another certificate is sent",
    commandsBecome((list) =>
      list.map((command) =>
        command.kind === "at" ? { ...command, parameters: command.parameters.replace("MIIB", "MIIC") } : command,
      ),
    ),
    "ERROR",
    "run.content-differs",
    "restored",
  ],
  [
    "the end never comes",
    commandsBecome((list) => list.filter(({ kind }) => kind !== "finished")),
    "ERROR",
    "run.not-finished",
    "restored",
  ],
  ["key generation fails", modemAnswers(/KEYGEN/, cme(523)), "FAIL", "at.keygen-failed", "restored"],
  ["a write is refused", modemAnswers(/CMNG=0/, cme(515)), "FAIL", "at.storage-full", "restored"],
  [
    "a write is answered by ERROR",
    modemAnswers(/CMNG=0/, PLAIN_ERROR),
    "FAIL",
    "provisioning.command-refused",
    "restored",
  ],
  ["a write is not answered", modemAnswers(/CMNG=0/, error("at.timeout")), "FAIL", "at.timeout", "restored"],
  ["no token is signed", modemAnswers(/%JWT/, cme(525)), "FAIL", "provisioning.signing-refused", "restored"],
  ["the modem does not go offline", modemAnswers(/CFUN=4/, PLAIN_ERROR), "FAIL", "run.mode-refused", "restored"],
  ["the modem stays online", modemAnswers(/CFUN=4/, ok()), "FAIL", "provisioning.mode-not-reached", "restored"],
  ["the written credential is missing", modemAnswers(/CMNG=1/, ok()), "FAIL", "run.credential-missing", "restored"],
  [
    "the digest is another",
    modemAnswers(/CMNG=1/, ok(`%CMNG: 16842753,0,"${"A".repeat(64)}"`, '%CMNG: 16842753,2,""')),
    "FAIL",
    "run.credential-different",
    "restored",
  ],
  ["the list is refused", modemAnswers(/CMNG=1/, PLAIN_ERROR), "FAIL", "at.rejected", "restored"],
  ["the modem does not come back", modemAnswers(/CFUN=1/, PLAIN_ERROR), "FAIL", "run.mode-refused", "unreachable"],
];

describe("a run that fails", () => {
  it.each(CASES)("ends right, and releases the modem, when %s", async (_what, options, outcome, code, release) => {
    const rig = new RunRig(options);
    const finished = await rig.run(seconds(3600));
    expect({ ...finished, code: finished.error?.code }).toMatchObject({ outcome, code, release });
    expect(rig.phases.at(-1)).toMatch(/^release1/);
    expect(rig.opener.isOpen).toBe(false);
  });
});
