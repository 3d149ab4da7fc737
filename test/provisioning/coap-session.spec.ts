import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import type { OptionChanges } from "../../src/provisioning/options.ts";
import { fieldIn, finishedHex, LINE, listHex, OneShotRig } from "../fakes/session-rig.ts";

const STRICT: OptionChanges = { compatibility: "strict", onlineSettle: seconds(0) };
const KEEP_OPEN: OptionChanges = { ...STRICT, coapKeepOpen: true };
const ID = "9685ef84-8cac-4257-b5cc-94bc416a1c1d";
const keygen = { kind: "at", id: `${ID}.1`, command: "%KEYGEN", parameters: "1,2,0", ignoreCmeErrors: [] } as const;
const auth = { code: "2.01" };
const finished = { code: "2.05", body: finishedHex() };
const commands = { code: "2.05", body: listHex(keygen) };

async function outcomeAfter(server: readonly unknown[], changes: OptionChanges = LINE, script: object = {}) {
  const rig = new OneShotRig({ variant: "coap_manual", server, ...script }, changes);
  const outcome = await rig.run();
  return { rig, outcome, paths: fieldIn(rig.world.trace, "coap", "path").map((path) => String(path).split("?")[0]) };
}

/** Opened minus closed associations. */
function leftOpen(rig: OneShotRig): number {
  const opened = fieldIn(rig.world.trace, "dtls", "connect").filter((result) => result !== undefined).length;
  return opened - fieldIn(rig.world.trace, "dtls", "close").filter((closed) => closed === true).length;
}

describe("a session over CoAP", () => {
  it.each([
    ["4.00", "EINVAL", "FAILED"],
    ["4.01", "EACCES", "FAILED_DEVICE_NOT_CLAIMED"],
    ["4.03", "EACCES", "FAILED_DEVICE_NOT_CLAIMED"],
    ["4.04", "ENOENT", "FAILED"],
    ["4.06", "EINVAL", "FAILED"],
    ["5.00", "EBUSY", "FAILED"],
    ["5.03", "EBUSY", "FAILED"],
    ["4.13", "ENOTSUP", "FAILED"],
    ["2.03", "ENOTSUP", "FAILED"],
  ])("takes code %s as %s, %s at every step", async (code, errno, event) => {
    for (const before of [[], [auth], [auth, finished, auth]]) {
      for (const changes of [LINE, STRICT]) {
        const { rig, outcome } = await outcomeAfter([...before, { code }], changes);
        expect(rig.names.slice(-2)).toEqual([event, "STOP"]);
        expect(outcome.errno).toBe(errno);
        expect(outcome.error?.facts["status"]).toBe(code);
      }
    }
  });

  it("wants 2.01, 2.05 and 2.04 and no other success", async () => {
    for (const server of [[{ code: "2.04" }], [auth, { code: "2.04" }], [auth, finished, auth, { code: "2.05" }]]) {
      const { outcome } = await outcomeAfter(server);
      expect(outcome).toMatchObject({ result: "failed", errno: "ENOTSUP" });
    }
  });

  it("opens one association more than there are rounds without keep-open", async () => {
    const { rig, paths, outcome } = await outcomeAfter([auth, commands, auth, { code: "2.04" }, auth, finished]);
    expect(paths).toEqual(["p/auth-jwt", "p/cmd", "p/auth-jwt", "p/rsp", "p/auth-jwt", "p/cmd", "p/auth-jwt", "p/rsp"]);
    expect(fieldIn(rig.world.trace, "dtls", "connect").filter((result) => result === 0)).toHaveLength(3);
    expect(leftOpen(rig)).toBe(0);
    expect(outcome).toMatchObject({ result: "done", rounds: 2, commands: { concluded: 2, reported: 2 } });
  });

  it("makes one JWT for the whole run", async () => {
    const { rig } = await outcomeAfter([auth, commands, auth, { code: "2.04" }, auth, finished]);
    expect(rig.commands.filter((command) => String(command).startsWith("AT%JWT"))).toHaveLength(1);
  });

  it("suspends and keeps one association with keep-open", async () => {
    const server = [
      auth,
      commands,
      { code: "2.04" },
      { code: "2.04" },
      auth,
      finished,
      { code: "2.04" },
      { code: "2.04" },
    ];
    const { rig, paths } = await outcomeAfter(server, KEEP_OPEN);
    expect(paths).toEqual([
      ...["p/auth-jwt", "p/cmd", "/.dtls/suspend", "p/rsp"],
      ...["p/auth-jwt", "p/cmd", "/.dtls/suspend", "p/rsp"],
    ]);
    expect(fieldIn(rig.world.trace, "dtls", "connect").filter((result) => result === 0)).toHaveLength(1);
    expect(rig.names.at(-2)).toBe("DONE");
  });

  it("sends a failed report once more over a new association with keep-open, and only once a run", async () => {
    const once = await outcomeAfter(
      [auth, finished, { code: "2.04" }, { code: "5.00" }, auth, { code: "2.04" }],
      KEEP_OPEN,
    );
    expect(once.rig.names.at(-2)).toBe("DONE");
    const twice = await outcomeAfter(
      [auth, finished, { code: "2.04" }, { code: "5.00" }, auth, { code: "5.00" }],
      KEEP_OPEN,
    );
    expect(twice.outcome).toMatchObject({ errno: "EBUSY", error: { code: "provisioning.report-failed" } });
  });

  it("gives keep-open up after 4.04 or silence for this round, not for another answer to suspend", async () => {
    for (const [suspended, connects] of [
      [{ code: "4.04" }, 2],
      [{ silent: true }, 2],
      [{ code: "4.05" }, 1],
      [{ code: -110 }, 1],
      [{ ret: -5 }, 2],
    ] as const) {
      const { rig } = await outcomeAfter([auth, finished, suspended], KEEP_OPEN);
      expect(fieldIn(rig.world.trace, "dtls", "connect").filter((result) => result === 0)).toHaveLength(connects);
      expect(rig.names.at(-2)).toBe("DONE");
    }
  });

  it("ends the run with the error when a report fails, and names what it means", async () => {
    const { rig, outcome } = await outcomeAfter([auth, finished, auth, { code: "5.00" }]);
    expect(rig.names.slice(-2)).toEqual(["FAILED", "STOP"]);
    expect(outcome).toMatchObject({ errno: "EBUSY", error: { code: "provisioning.report-failed" } });
    expect(outcome.commands.reported).toBe(0);
  });

  it("waits COAP_TIMEOUT_SECONDS for an answer and then fails without backoff", async () => {
    const { rig, outcome } = await outcomeAfter([{ silent: true }], { ...LINE, coapTimeout: seconds(9) });
    expect(rig.world.now).toBe(9);
    expect(outcome).toMatchObject({ errno: "EAGAIN", error: { code: "provisioning.no-answer" } });
  });

  it("repeats a request 11 times, every 2 s, while the client is busy", async () => {
    const busy = Array.from({ length: 12 }, () => ({ ret: -11 }));
    const given = await outcomeAfter(busy);
    expect(given.paths).toHaveLength(12);
    expect(given.rig.world.now).toBe(22);
    expect(given.outcome).toMatchObject({ result: "failed", errno: "EAGAIN" });
    const freed = await outcomeAfter([...busy.slice(1), auth, { code: "2.05" }]);
    expect(freed.rig.names.at(-2)).toBe("NO_COMMANDS");
  });

  it("blurs errors that the client reports on the fetch in strict mode only", async () => {
    const auths = await outcomeAfter([{ code: -110 }], STRICT);
    expect(auths.outcome.errno).toBe("ETIMEDOUT");
    const strict = await outcomeAfter([auth, { code: -110 }], STRICT);
    expect(strict.outcome.errno).toBe("ENOTSUP");
    const decided = await outcomeAfter([auth, { code: -110 }]);
    expect(decided.outcome.errno).toBe("ETIMEDOUT");
  });

  it("takes an answer above RX_BUF_SZ to the authentication for too many commands in strict mode only", async () => {
    const large = { body: "00".repeat(2305) };
    const strict = await outcomeAfter([{ ...auth, ...large }], STRICT);
    expect(strict.rig.names.at(-2)).toBe("FAILED_TOO_MANY_COMMANDS");
    const fetched = await outcomeAfter([auth, { code: "2.05", ...large }], STRICT);
    expect(fetched.rig.names.at(-2)).toBe("FAILED");
    const decided = await outcomeAfter([{ ...auth, ...large }]);
    expect(decided.outcome).toMatchObject({ errno: "ENOBUFS", error: { code: "provisioning.answer-too-large" } });
  });

  it.each([
    [{ connect: [-111] }, "ECONNREFUSED", "FAILED_WRONG_ROOT_CA"],
    [{ connect: [-110] }, "ETIMEDOUT", "FAILED"],
    [{ connect: [-13] }, "EACCES", "FAILED_DEVICE_NOT_CLAIMED"],
    [{ connect: [-22] }, "EINVAL", "FAILED"],
    [{ dns: -3 }, "EFAULT", "FAILED"],
  ])("takes a connect with %j as %s, %s", async (script, errno, event) => {
    const { rig, outcome } = await outcomeAfter([], LINE, script);
    expect(rig.names).toEqual(["START", event, "STOP"]);
    expect(outcome.errno).toBe(errno);
  });

  it("closes every association by default, and forgets some in strict mode until the client is closed", async () => {
    const noTime = { at: [["CCLK", "ERROR\r\n"]] };
    const decided = await outcomeAfter([], LINE, noTime);
    expect(leftOpen(decided.rig)).toBe(0);
    const strict = await outcomeAfter([], STRICT, noTime);
    expect(leftOpen(strict.rig)).toBe(1);
    await strict.rig.client.close();
    expect(leftOpen(strict.rig)).toBe(0);
    const suspended = await outcomeAfter([auth, finished, { code: "4.04" }], {
      ...KEEP_OPEN,
      compatibility: "default",
    });
    expect(leftOpen(suspended.rig)).toBe(0);
  });

  it("names buffers and limit in the fetch and the versions in the authentication", async () => {
    const { rig } = await outcomeAfter([], { ...LINE, sdkVersion: "3.1.99", records: 5 });
    expect(fieldIn(rig.world.trace, "coap", "path")).toEqual([
      "p/auth-jwt?mver=mfw_nrf91x1_2.0.2&cver=3.1.99",
      "p/cmd?after=&rxMaxSize=2304&txMaxSize=2304&limit=5",
    ]);
  });
});
