import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { ok } from "../../src/simulator/answer.ts";
import { EARLIER, profile, recipe, RunRig } from "./support/run-rig.ts";

const PASSED = ["connect1", "identify1", "check1", "claim1", "provision1", "verify1", "release1"];
/** What an earlier run of the same station wrote beside its command. */
const LEFT = EARLIER.describe(1);

describe("a run", () => {
  it("passes a unit, with its modem as it was found", async () => {
    const rig = new RunRig({ modem: { modem: { bootMode: 1 } } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(rig.phases).toEqual(PASSED.map((phase) => `${phase} passed`));
    expect(rig.opener.modem.mode).toBe(1);
    expect(rig.opener.modem.execute("AT+CMEE?")).toEqual(ok("+CMEE: 0"));
    expect(rig.opener.isOpen).toBe(false);
  });

  it("numbers its events from 1 without gaps, the last being run.finished", async () => {
    const rig = new RunRig();
    await rig.run();
    expect(rig.events.map(({ seq }) => seq)).toEqual(rig.events.map((_, index) => index + 1));
    expect(rig.events.filter(({ type }) => type === "run.finished")).toHaveLength(1);
  });

  it("announces every command that changes the modem before it is sent, and concludes each", async () => {
    const rig = new RunRig();
    await rig.run();
    const announced = rig.eventsOf("command.announced").map(({ command }) => command.text);
    expect(announced).toEqual([
      "%CMNG 3,16842753,2",
      "%KEYGEN 16842753,2,0",
      "%CMNG 3,16842753,0",
      expect.stringMatching(/^%CMNG 0,16842753,0,"\[sha256:[0-9a-f]{64} length:\d+\]"$/),
      "config station/site",
    ]);
    const concluded = rig.eventsOf("command.concluded");
    expect(concluded.map(({ result }) => result)).toEqual(["ignored-error", "ok", "ignored-error", "ok", "ok", "ok"]);
    expect(concluded[0]?.cme).toBe(513);
  });

  it("tells the library's events under their own names", async () => {
    const rig = new RunRig();
    await rig.run();
    const names = rig.eventsOf("client.event").map(({ name }) => name);
    const round = ["NEED_LTE_DEACTIVATED", "NEED_LTE_ACTIVATED"];
    expect(names).toEqual(["START", ...round, "NEED_LTE_ACTIVATED", "DONE", "STOP"]);
  });

  it("tells the signing request that the unit made, in PEM", async () => {
    const rig = new RunRig();
    await rig.run();
    const [artefact] = rig.eventsOf("artefact.made");
    expect(artefact?.name).toBe("csr 16842753");
    expect(artefact?.text).toMatch(
      /^-----BEGIN CERTIFICATE REQUEST-----\n[\w+/=\n]+-----END CERTIFICATE REQUEST-----\n$/,
    );
  });

  it("keeps settings and the id of the last command for the unit's next run", async () => {
    const rig = new RunRig();
    await rig.run();
    expect(Object.fromEntries(rig.settings)).toEqual({
      "station/site": "Oslo",
      "provisioning/after-correlation-id": "c4",
    });
    const sinks = rig.eventsOf("setting.written").map(({ key, sink }) => `${key} ${sink}`);
    expect(sinks).toEqual(["station/site station", "provisioning/after-correlation-id station"]);
  });

  it("sends the kept id of the last command as after", async () => {
    const settings = { "provisioning/after-correlation-id": "earlier.4" };
    const rig = new RunRig({ admission: () => Promise.resolve({ kind: "admitted", settings }) });
    await rig.run();
    expect(rig.service.requests[0]?.path).toContain("after=earlier.4&");
  });

  it("powers the modem off in the end where the fixture says so, and does not switch it on before", async () => {
    const rig = new RunRig({ order: { release: "power-off" } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "powered-off" });
    expect(rig.opener.sent).toContain("AT+CFUN=0");
    expect(rig.opener.sent).not.toContain("AT+CFUN=1");
  });

  it("leaves a modem that was found off offline until the release, then off", async () => {
    const rig = new RunRig({ modem: { modem: { bootMode: 0 } } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(rig.opener.sent.filter((command) => command.startsWith("AT+CFUN="))).toEqual(["AT+CFUN=4", "AT+CFUN=0"]);
  });

  it("passes nothing that the modem answered by ERROR, in strict compatibility too", async () => {
    const rig = new RunRig({
      order: { profile: profile({ compatibility: "strict" }) },
      modem: {
        answer: (command) => (command.includes("CMNG=0") ? { lines: [], final: { kind: "error" } } : undefined),
      },
    });
    rig.opener.modem.execute('AT+CCLK="26/01/01,00:00:00+00"');
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "run.command-failed" } });
  });

  it("turns the echo on again where it was on", async () => {
    const rig = new RunRig({ modem: { echoed: true } });
    await rig.run();
    expect(rig.opener.sent.at(-1)).toBe("ATE1");
  });

  it("leaves the claim out where the unit is claimed elsewhere, and does not read back where the recipe says so", async () => {
    const claimed = recipe({ claim: { by: "elsewhere" }, commands: [], verify: { readBack: false } });
    const rig = new RunRig({ order: { recipe: claimed }, withoutOwner: true });
    rig.service.claimed.set(rig.opener.modem.board.uuid, []);
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.phases).toContain("claim1 skipped");
    expect(rig.phases).toContain("verify1 skipped");
  });

  it("queues a recipe of more than 20 commands in portions and executes all", async () => {
    const many = Array.from({ length: 45 }, (_, index) => ({ config: { [`site/${index}`]: "x" } }));
    const rig = new RunRig({ order: { recipe: recipe({ commands: [...many, "finished"] }) } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.eventsOf("command.concluded")).toHaveLength(46);
    expect(rig.eventsOf("client.event").filter(({ name }) => name === "START")).toHaveLength(3);
  });

  it("takes a unit that is ours already, and removes what an earlier run left in its queue", async () => {
    const rig = new RunRig();
    rig.service.leaveBehind(rig.opener.modem.board.uuid, LEFT);
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.service.calls.map(({ method, path }) => `${method} ${path.split("/").at(-1) ?? ""}`)).toContain(
      "DELETE old",
    );
  });

  it("claims the unit anew where leftovers cannot be discarded and the service is the embedded one", async () => {
    const rig = new RunRig({ service: { discards: false } });
    const { uuid } = rig.opener.modem.board;
    rig.service.leaveBehind(uuid, LEFT);
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(
      rig.service.calls.some(({ method, path }) => method === "DELETE" && path === `claimed-devices/${uuid}`),
    ).toBe(true);
  });

  it("never gives a unit up at nRF Cloud: leftovers end the run", async () => {
    const order = { profile: profile({ service: "nrf-cloud" }) };
    const rig = new RunRig({ service: { discards: false }, order });
    rig.service.leaveBehind(rig.opener.modem.board.uuid, LEFT);
    expect(await rig.run()).toMatchObject({
      outcome: "ERROR",
      release: "restored",
      error: { code: "cloud.leftovers" },
    });
  });

  it("reads the UUID from the attestation token where the firmware has no such command", async () => {
    const rig = new RunRig({
      modem: {
        modem: { model: "nRF9160-SICA", overwrite: false },
        answer: (command) => (command === "AT%DEVICEUUID" ? { lines: [], final: { kind: "error" } } : undefined),
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.eventsOf("unit.identified")[0]?.device.uuid).toBe(rig.opener.modem.board.uuid);
    expect(
      rig
        .eventsOf("note")
        .map(({ text }) => text)
        .join(),
    ).toContain("nRF9160");
  });

  it("bounds its transcript", async () => {
    const many = Array.from({ length: 100 }, () => ({ atCommand: { command: "%XTIME", parameters: "1" } }));
    const rig = new RunRig({
      order: { recipe: recipe({ commands: [...many, "finished"] }) },
      modem: { answer: (command) => (command === "AT%XTIME=1" ? ok() : undefined) },
      service: { listLimit: 1 },
    });
    expect(await rig.run(seconds(3000))).toMatchObject({ outcome: "PASS" });
    expect(rig.eventsOf("at.exchange").length).toBeLessThanOrEqual(400);
    expect(rig.eventsOf("note").map(({ text }) => text)).toContain("further AT exchanges are left out");
  });

  it("tells no secret of the recipe: neither keys nor tokens, in no event", async () => {
    const commands = [{ preSharedKey: { secTag: 7, identity: "board", key: { env: "PSK" } } }, "finished"];
    const rig = new RunRig({ order: { recipe: recipe({ commands }) }, modem: { takes: () => milliseconds(5) } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    const told = JSON.stringify(rig.events);
    expect(rig.opener.sent.join()).toContain("00112233");
    expect(told).not.toContain("00112233");
    const jwt = rig.service.requests[0]?.headers.find(([name]) => name === "Authorization")?.[1] ?? "";
    expect(told).not.toContain(jwt.split(".").at(-1));
    const claim = rig.service.calls[0]?.body?.reveal() ?? "";
    expect(told).not.toContain(/"claimToken":"[^".]+\.([^"]+)"/.exec(claim)?.[1]);
  });
});
