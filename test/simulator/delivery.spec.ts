import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { LATENCIES } from "../../src/simulator/latency.ts";
import { portRig } from "./port-rig.ts";

const REALISTIC = LATENCIES.realistic;

describe("a fault", () => {
  const provisioning = ["AT+CMEE=1", "AT+CFUN=4", 'AT+CCLK="25/10/09,08:53:20+00"'];
  const rigWith = (...faults: readonly string[]) => {
    const rig = portRig({ faults });
    for (const command of provisioning) rig.ask(command);
    return rig;
  };

  it("silence hangs the modem for good, over connections too", () => {
    const { ask, port, client } = rigWith("silence");
    expect(ask("AT")).toBe("OK\r\n");
    expect(ask('AT%CMNG=0,1,0,"x"')).toBe("");
    expect(ask("AT")).toBe("");
    port.detach(client);
    port.attach(client);
    expect(ask("AT")).toBe("");
  });

  it("mute carries the command out and loses the answer, once", () => {
    const { ask, entries } = rigWith("mute");
    expect(ask('AT%CMNG=0,1,0,"x"')).toBe("");
    expect(entries.at(-1)).toMatchObject({ result: "none", struck: "mute" });
    expect(ask("AT%CMNG=1,1")).toContain("%CMNG: 1,0");
    expect(ask('AT%CMNG=0,2,0,"x"')).toBe("OK\r\n");
  });

  it("garbage replaces the answer by bytes without meaning", () => {
    const { ask } = rigWith("garbage");
    const answer = ask('AT%CMNG=0,1,0,"x"');
    expect(answer).not.toMatch(/[\r\n]|OK|ERROR/);
    expect(answer.length).toBeGreaterThan(100);
    expect(ask("AT")).toBe("OK\r\n");
  });

  it("noise comes before intact answers", () => {
    const answer = rigWith("noise").ask("AT+CMEE?");
    expect(answer).toMatch(/^\0.*\r\n.*\r\n\+CMEE: 1\r\nOK\r\n$/su);
  });

  it("truncated breaks off without a final result", () => {
    const { ask } = rigWith("truncated", "truncated@write");
    const answer = ask("AT%JWT");
    expect(answer).toMatch(/^%JWT: "[\w.-]{100,}$/);
    expect(ask('AT%CMNG=0,1,0,"x"')).toBe("O");
    expect(ask("AT%JWT")).toMatch(/"\r\nOK\r\n$/);
  });

  it("slow and late add their time", async () => {
    const { timed, entries } = portRig({ faults: ["late:5000@jwt", "slow:100"] });
    expect((await timed("AT")).waited).toBe(100);
    expect((await timed("AT%JWT")).waited).toBe(5000);
    expect((await timed("AT%JWT")).waited).toBe(100);
    expect(entries.map((entry) => entry.fault)).toEqual([100, 5000, 100]);
  });

  it("flow takes no bytes for a while, then goes on", async () => {
    const { ask, client, clock } = rigWith("flow");
    expect(ask('AT%CMNG=0,1,0,"x"')).toBe("");
    expect(client.reading).toBe(false);
    await clock.advance(seconds(3));
    expect(client.reading).toBe(true);
    expect(client.take()).toBe("OK\r\n");
  });

  it("disconnect resets the connection before the command is carried out; unplug for good", () => {
    const { ask, client, port } = rigWith("disconnect");
    ask('AT%CMNG=0,1,0,"x"');
    expect([client.wasReset, port.available]).toEqual([true, true]);
    port.detach(client);
    port.attach(client);
    expect(ask("AT%CMNG=1,1")).toBe("OK\r\n");
    const gone = rigWith("unplug");
    gone.ask('AT%CMNG=0,1,0,"x"');
    expect([gone.client.wasReset, gone.port.available]).toEqual([true, false]);
  });

  it("reboot drops the command and the echo, keeps the credentials", () => {
    const { ask } = rigWith("reboot@/CMNG=0,2/");
    ask('AT%CMNG=0,1,0,"kept"');
    ask("ATE1");
    expect(ask('AT%CMNG=0,2,0,"dropped"')).toContain("Booting");
    expect(ask("AT%CMNG=1,2")).toBe("OK\r\n");
    expect(ask("AT%CMNG=1,1")).toMatch(/^%CMNG: 1,0,"[0-9A-F]{64}"\r\nOK\r\n$/);
  });

  it("reboot writes its boot text and loses what comes meanwhile", async () => {
    const rig = portRig({ faults: ["reboot@jwt"], latency: REALISTIC });
    for (const command of provisioning) await rig.timed(command);
    rig.type("AT%JWT\r");
    await rig.clock.advance(milliseconds(200));
    rig.type("AT\r");
    await rig.clock.advance(seconds(3));
    expect(rig.client.take()).toMatch(/^\r\n\*\*\* Booting nRF Connect SDK .*\r\nReady\r\n$/s);
    expect((await rig.timed("AT+CMEE?")).text).toBe("+CMEE: 0\r\nOK\r\n");
    expect((await rig.timed("AT+CFUN?")).text).toBe("+CFUN: 1\r\nOK\r\n");
    expect((await rig.timed("AT+CCLK?")).text).toBe("ERROR\r\n");
  });

  it("urc-storm puts unsolicited lines everywhere", () => {
    const answer = rigWith("urc-storm@jwt").ask("AT%JWT");
    const lines = answer.split("\r\n");
    const [own, final] = [lines.findIndex((line) => line.startsWith("%JWT")), lines.indexOf("OK")];
    expect(own).toBeGreaterThan(3);
    expect(final - own).toBeGreaterThan(3);
    expect(lines.length - final).toBeGreaterThan(3);
  });

  it.each([
    ["wrong-cme", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 522"],
    ["wrong-cme:99", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 99"],
    ["plain-error", 'AT%CMNG=0,1,0,"x"', "ERROR"],
    ["keygen-fail", "AT%KEYGEN=1,2,0", "+CME ERROR: 523"],
    ["key-exists", "AT%KEYGEN=1,2,0", "+CME ERROR: 519"],
    ["memory-full", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 515"],
    ["power-warning", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 528"],
    ["bad-content", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 527"],
    ["no-access", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 514"],
    ["active", 'AT%CMNG=0,1,0,"x"', "+CME ERROR: 518"],
    ["jwt-fail", "AT%JWT", "+CME ERROR: 525"],
    ["attest-fail", "AT%ATTESTTOKEN", "ERROR"],
    ["cfun-error", "AT+CFUN=4", "ERROR"],
    ["online-error", "AT+CFUN=1", "ERROR"],
    ["no-uuid", "AT%DEVICEUUID", "ERROR"],
    ["no-clock", 'AT+CCLK="25/10/09,08:53:20+00"', "ERROR"],
  ])("%s answers %j with %s, each time", (fault, command, expected) => {
    const { ask } = rigWith(fault);
    expect([ask(command), ask(command)]).toEqual([`${expected}\r\n`, `${expected}\r\n`]);
    expect(ask("AT")).toBe("OK\r\n");
  });

  it("cold-start refuses the first command of a connection only", () => {
    const { ask } = portRig({ faults: ["cold-start"] });
    expect([ask("AT"), ask("AT")]).toEqual(["ERROR\r\n", "OK\r\n"]);
  });

  it("is plain ERROR while CMEE is off, as the real refusal would be", () => {
    const { ask } = rigWith("keygen-fail");
    ask("AT+CMEE=0");
    expect(ask("AT%KEYGEN=1,2,0")).toBe("ERROR\r\n");
  });

  it("of the board shows in what it says", () => {
    expect(rigWith("old-firmware").ask("AT+CGMR")).toContain("mfw_nrf91x1_1.0.0");
    expect(rigWith("wrong-model").ask("AT+CGMM")).toContain("nRF9160-SICA");
    const stuck = rigWith("offline-stuck");
    expect([stuck.ask("AT+CFUN=4"), stuck.ask("AT+CFUN?")]).toEqual(["OK\r\n", "+CFUN: 1\r\nOK\r\n"]);
    expect(rigWith("clock-skew").ask("AT+CCLK?")).toContain("25/10/08,08:53:20");
    const lost = rigWith("lost-write");
    expect([lost.ask('AT%CMNG=0,1,0,"x"'), lost.ask("AT%CMNG=1,1")]).toEqual(["OK\r\n", "OK\r\n"]);
    const listed = (rig: ReturnType<typeof rigWith>) => rig.ask('AT%CMNG=0,1,0,"abc"') + rig.ask("AT%CMNG=1,1");
    expect(listed(rigWith("corrupt-store"))).not.toBe(listed(rigWith()));
  });

  it("of the signatures leaves their form intact", () => {
    for (const kind of ["rogue-key", "bad-signature", "unclaimed"]) {
      expect(rigWith(kind).ask("AT%JWT=0,300")).toMatch(/^%JWT: "[\w-]+\.[\w-]+\.[\w-]{86}"\r\nOK\r\n$/);
    }
    expect(rigWith("bad-attestation").ask("AT%ATTESTTOKEN")).toMatch(/^%ATTESTTOKEN: "[\w.-]{180}"\r\nOK\r\n$/);
  });

  it("strikes at its moment: after offline, after a write, at a pattern, as often as asked", () => {
    const { ask } = portRig({ faults: ["plain-error@release", "plain-error@verify*1", "plain-error@/^AT.CGMR/*2"] });
    expect(ask("AT+CFUN=1")).toBe("OK\r\n");
    ask("AT+CFUN=4");
    expect(ask("AT+CFUN=1")).toBe("ERROR\r\n");
    expect(ask("AT%CMNG=1,1")).toBe("OK\r\n");
    ask('AT%CMNG=0,1,0,"x"');
    expect(ask("AT%CMNG=1,1")).toBe("ERROR\r\n");
    expect(ask("AT%CMNG=1,1")).toContain("OK\r\n");
    expect([1, 2, 3].map(() => ask("AT+CGMR").includes("OK"))).toEqual([false, false, true]);
  });
});
