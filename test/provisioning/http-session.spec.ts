import { describe, expect, it } from "vitest";
import { describeError, reportOf, StationError } from "../../src/core/error.ts";
import { seconds } from "../../src/core/duration.ts";
import type { Execution } from "../../src/provisioning/execution-seam.ts";
import type { OptionChanges } from "../../src/provisioning/options.ts";
import { finishedHex, LINE, listHex, OneShotRig } from "../fakes/session-rig.ts";

const STRICT: OptionChanges = { compatibility: "strict" };
const ID = "9685ef84-8cac-4257-b5cc-94bc416a1c1d";
const keygen = { kind: "at", id: `${ID}.1`, command: "%KEYGEN", parameters: "1,2,0", ignoreCmeErrors: [] } as const;

async function outcomeAfter(server: readonly unknown[], changes: OptionChanges = LINE, script: object = {}) {
  const rig = new OneShotRig({ server, ...script }, changes);
  return { rig, outcome: await rig.run() };
}

describe("a session over HTTP", () => {
  it.each([
    [204, undefined, "NO_COMMANDS"],
    [400, "EINVAL", "FAILED"],
    [401, "EACCES", "FAILED_DEVICE_NOT_CLAIMED"],
    [403, "EACCES", "FAILED_DEVICE_NOT_CLAIMED"],
    [415, "ENOMSG", "FAILED"],
    [500, "EBUSY", "FAILED"],
    [0, "ESHUTDOWN", "FAILED"],
    [201, "ENOTSUP", "FAILED"],
    [202, "ENOTSUP", "FAILED"],
    [301, "ENOTSUP", "FAILED"],
    [404, "ENOTSUP", "FAILED"],
    [429, "ENOTSUP", "FAILED"],
    [502, "ENOTSUP", "FAILED"],
    [503, "ENOTSUP", "FAILED"],
  ])("takes status %i of the fetch as %s, %s", async (status, errno, event) => {
    for (const changes of [LINE, STRICT]) {
      const { rig, outcome } = await outcomeAfter([{ status }], changes);
      expect(rig.names).toEqual(["START", event, "STOP"]);
      expect(outcome.errno).toBe(errno);
    }
  });

  it("keeps the raw status of a refusal among the error's facts", async () => {
    for (const status of [401, 403]) {
      const { outcome } = await outcomeAfter([{ status }]);
      expect(outcome.error).toMatchObject({ code: "provisioning.not-claimed", facts: { status, errno: "EACCES" } });
    }
  });

  it.each([
    [-110, "ETIMEDOUT", "FAILED"],
    [-111, "ECONNREFUSED", "FAILED_WRONG_ROOT_CA"],
    [-14, "EFAULT", "FAILED"],
    [-105, "ENOBUFS", "FAILED"],
    [-104, "ECONNRESET", "FAILED"],
    [-13, "EACCES", "FAILED_DEVICE_NOT_CLAIMED"],
    [-12, "ENOMEM", "FAILED_TOO_MANY_COMMANDS"],
  ])("takes the transport's errno %i as %s, %s", async (ret, errno, event) => {
    const { rig, outcome } = await outcomeAfter([{ ret }]);
    expect(rig.names).toEqual(["START", event, "STOP"]);
    expect(outcome).toMatchObject({ result: "failed", errno });
  });

  it("ends as ETIMEDOUT when the transport never answers, after twice HTTP_TIMEOUT_MS", async () => {
    const { rig, outcome } = await outcomeAfter([{ silent: true }], { ...LINE, httpTimeout: seconds(7) });
    expect(outcome).toMatchObject({ errno: "ETIMEDOUT", error: { code: "transport.timeout" } });
    expect(rig.world.now).toBe(14);
  });

  it("takes an answer as large as RX_BUF_SZ for too large", async () => {
    const fits = await outcomeAfter([{ status: 200, body: "00".repeat(1023) }], { ...LINE, rxBufferBytes: 1024 });
    expect(fits.outcome.error?.code).toBe("provisioning.list-malformed");
    const { outcome } = await outcomeAfter([{ status: 200, body: "00".repeat(1024) }], {
      ...LINE,
      rxBufferBytes: 1024,
    });
    expect(outcome).toMatchObject({ errno: "ENOBUFS", error: { code: "provisioning.answer-too-large" } });
  });

  it("makes a new JWT for every request and reports over a connection of its own", async () => {
    const { rig, outcome } = await outcomeAfter([{ status: 200, body: finishedHex() }, { status: 200 }]);
    expect(rig.names).toEqual(["START", "NEED_LTE_ACTIVATED", "DONE", "STOP"]);
    expect(rig.commands.filter((command) => String(command).startsWith("AT%JWT"))).toHaveLength(2);
    expect(rig.requests.map((request) => request.split("?")[0])).toEqual([
      "GET provisioning-http.nrfcloud.com:443/v1/provisioning/commands",
      "POST provisioning-http.nrfcloud.com:443/v1/provisioning/response",
    ]);
    expect(outcome).toEqual({
      result: "done",
      rounds: 1,
      commands: { concluded: 1, failed: 0, reported: 1 },
      latestId: `${ID}.f`,
    });
  });

  it("ends with NO_COMMANDS when commands ran but FINISHED never came", async () => {
    const { rig, outcome } = await outcomeAfter([{ status: 200, body: listHex(keygen) }, { status: 200 }]);
    expect(rig.names.slice(-2)).toEqual(["NO_COMMANDS", "STOP"]);
    expect(outcome).toMatchObject({ result: "no-commands", rounds: 1, commands: { concluded: 1, reported: 1 } });
    expect(rig.requests.at(-1)).toContain(`after=${ID}.1&`);
  });

  it("tells the first refused command although the run itself went well", async () => {
    const at = [["KEYGEN", "+CME ERROR: 519\r\n"]];
    const { outcome } = await outcomeAfter([{ status: 200, body: listHex(keygen) }, { status: 200 }], LINE, { at });
    expect(outcome).toMatchObject({
      result: "no-commands",
      error: { code: "at.already-exists" },
      commandFailure: { code: "at.already-exists" },
      commands: { concluded: 1, failed: 1, reported: 1 },
    });
  });

  it("swallows a failed report in strict mode, as the library, but not from the outcome", async () => {
    for (const answer of [{ status: 500 }, { status: 204 }, { status: 401 }, { ret: -104 }]) {
      const { rig, outcome } = await outcomeAfter([{ status: 200, body: finishedHex() }, answer], STRICT);
      expect(rig.names.slice(-2)).toEqual(["NO_COMMANDS", "STOP"]);
      expect(rig.requests).toHaveLength(3);
      expect(outcome).toMatchObject({ result: "no-commands", error: { code: "provisioning.report-failed" } });
      expect(outcome.commands.reported).toBe(0);
    }
  });

  it("sends a report once more by default when the line or the service stumbled", async () => {
    for (const answer of [{ status: 500 }, { status: 503 }, { ret: -110 }, { ret: -104 }]) {
      const { rig, outcome } = await outcomeAfter([{ status: 200, body: finishedHex() }, answer, { status: 200 }]);
      expect(rig.names.slice(-2)).toEqual(["DONE", "STOP"]);
      expect(outcome.error).toBeUndefined();
    }
  });

  it("fails the run by default when a report is lost for good", async () => {
    const lost = [{ status: 200, body: finishedHex() }, { status: 500 }, { ret: -110 }];
    const { rig, outcome } = await outcomeAfter(lost);
    expect(rig.names.slice(-2)).toEqual(["FAILED", "STOP"]);
    expect(outcome).toMatchObject({
      result: "failed",
      errno: "ETIMEDOUT",
      error: { code: "provisioning.report-failed" },
    });
    expect(outcome.error?.facts["attempts"]).toEqual({ value: 2, unit: "attempts" });
  });

  it("does not send a report twice that the service refused", async () => {
    const { rig, outcome } = await outcomeAfter([{ status: 200, body: finishedHex() }, { status: 400 }]);
    expect(rig.requests).toHaveLength(2);
    expect(outcome.error).toMatchObject({ code: "provisioning.report-failed", facts: { status: 400 } });
  });

  it("keeps the modem's own error when the report could not be signed", async () => {
    const rig = new OneShotRig({ server: [{ status: 200, body: finishedHex() }] });
    const { modem } = rig.world;
    const send = modem.send.bind(modem);
    const dead = new StationError("link.lost", "unplugged");
    modem.send = (command) =>
      rig.requests.length > 0 && command === "AT%CCLK?" ? Promise.reject(dead) : send(command);
    const { error, commands } = await rig.run();
    expect([error?.code, commands.reported]).toEqual(["link.lost", 0]);
  });

  it("takes a list that leads to no report as NO_COMMANDS in strict mode and as a failure by default", async () => {
    const reason = new StationError("provisioning.nothing-to-report", "nothing to report");
    const execute = (): Promise<Execution> => Promise.resolve({ kind: "none", errno: "ENODATA", reason });
    const events = async (changes: OptionChanges) => {
      const rig = new OneShotRig({ server: [{ status: 200, body: finishedHex() }] }, changes, { execute });
      const { error } = await rig.run();
      return { event: rig.names.at(-2), error };
    };
    expect(await events(STRICT)).toEqual({ event: "NO_COMMANDS", error: reason });
    expect(await events(LINE)).toEqual({ event: "FAILED", error: reason });
  });

  it("escapes by default what would change the request, and nothing in strict mode", async () => {
    const settings = { "provisioning/after-correlation-id": "a b&c=d\r\n#é" };
    const decided = await outcomeAfter([], LINE, { settings });
    expect(decided.rig.requests[0]).toContain("?after=a%20b%26c%3Dd%0D%0A%23%C3%A9&rxMaxSize=");
    const strict = await outcomeAfter([], STRICT, { settings: { "provisioning/after-correlation-id": "a b&c" } });
    expect(strict.rig.requests[0]).toContain("?after=a b&c&rxMaxSize=");
  });

  it("names buffers, versions and limit as the options say", async () => {
    const changes: OptionChanges = {
      ...LINE,
      rxBufferBytes: 4096,
      txBufferBytes: 3000,
      records: 20,
      sdkVersion: "3.2.0",
    };
    const { rig } = await outcomeAfter([], { ...changes, httpHostname: "localhost", httpPort: 8443 });
    expect(rig.requests[0]).toBe(
      "GET localhost:8443/v1/provisioning/commands?after=&rxMaxSize=4096&txMaxSize=3000&mver=mfw_nrf91x1_2.0.2&cver=3.2.0&limit=20",
    );
  });

  it("ends when the service never stops sending commands", async () => {
    const server = Array.from({ length: 10 }, (_, index) => [
      { status: 200, body: listHex(keygen) },
      { status: 200, index },
    ]);
    const { outcome } = await outcomeAfter(server.flat(), { ...LINE, maxRounds: 3 });
    expect(outcome).toMatchObject({ result: "failed", error: { code: "provisioning.rounds-exceeded" } });
  });

  it("keeps JWT and attestation token out of errors and outcomes", async () => {
    const at = [
      ["JWT", '%JWT: "planted.jwt.secret"\r\nOK\r\n'],
      ["ATTEST", '%ATTESTTOKEN: "planted.attest"\r\nOK\r\n'],
    ];
    for (const answer of [{ status: 401 }, { status: 500 }, { ret: -110 }, { status: 200, body: "ff" }]) {
      const { rig, outcome } = await outcomeAfter([answer], LINE, { at });
      const shown = JSON.stringify([outcome, rig.events, reportOf(outcome.error), describeError(outcome.error)]);
      expect(shown).not.toContain("planted");
    }
  });
});
