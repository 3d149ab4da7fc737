import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import { lasting } from "../../src/core/fact.ts";
import examples from "../fixtures/vectors/at_examples.json" with { type: "json" };
import { during, failureOf, rig, rigWithModem } from "./rig.ts";

describe("AtChannel", () => {
  it.each(examples.vectors)("answers $command as the modem wrote it", async ({ command, response }) => {
    const { channel, clock } = rigWithModem({ answer: (asked) => (asked === command ? response : undefined) });
    expect((await during(clock, channel.send(command))).text).toBe(response);
  });

  it.each(examples.vectors)("answers $command the same through a modem that echoes", async ({ command, response }) => {
    const { channel, clock } = rigWithModem({ echo: true, answer: () => response });
    expect((await during(clock, channel.send(command))).text).toBe(response);
  });

  it("sends one command at a time, in order", async () => {
    const { channel, far, clock } = rig();
    const first = channel.send("AT+CFUN?");
    const second = channel.send("AT+CMEE?");
    await clock.advance(seconds(1));
    expect(far.received).toBe("AT+CFUN?\r\n");
    far.send("+CFUN: 4\r\nOK\r\n");
    await clock.advance(milliseconds(1));
    expect(far.received).toBe("AT+CFUN?\r\nAT+CMEE?\r\n");
    far.send("+CMEE: 0\r\nOK\r\n");
    expect((await first).lines).toEqual(["+CFUN: 4"]);
    expect((await second).lines).toEqual(["+CMEE: 0"]);
  });

  it.each([
    ["crlf", "AT\r\n"],
    ["cr", "AT\r"],
    ["lf", "AT\n"],
    ["null", "AT\0"],
  ] as const)("ends a command with %s", async (lineEnding, typed) => {
    const { channel, far, clock } = rig({ lineEnding });
    const reply = channel.send("AT");
    await clock.advance(milliseconds(1));
    expect(far.received).toBe(typed);
    far.send("OK\r\n");
    await reply;
  });

  it("hands notifications to subscribers, also from the middle of a reply and between commands", async () => {
    const { channel, far, clock, unsolicited } = rig();
    const reply = channel.send("AT%CMNG=1");
    await clock.advance(milliseconds(1));
    far.send(
      '+CEREG: 2\r\n%CMNG: 1,0\r\n+CGEV: ME PDN DEACT 0\r\n%CMNG: 1,2\r\n%XTIME: "08"\r\nOK\r\n#XNRFPROV: 1\r\n',
    );
    expect((await reply).text).toBe("%CMNG: 1,0\r\n%CMNG: 1,2\r\nOK\r\n");
    far.send("+CSCON: 0\r\n");
    expect(unsolicited).toEqual(["+CEREG: 2", "+CGEV: ME PDN DEACT 0", '%XTIME: "08"', "#XNRFPROV: 1", "+CSCON: 0"]);
  });

  it("fails as at.timeout, naming command and limit, when no final result comes", async () => {
    const { channel, clock } = rig();
    const answer = failureOf(channel.send("AT+CEREG?"));
    await clock.advance(seconds(5));
    expect(await answer).toMatchObject({
      code: "at.timeout",
      facts: { command: "AT+CEREG?", limit: lasting(seconds(5)) },
    });
  });

  it("never names the content of a credential in an error", async () => {
    const { channel, clock } = rig();
    const answer = failureOf(channel.send('AT%CMNG=0,16842753,2,"-----BEGIN EC PRIVATE KEY-----\nSECRET\n"'));
    await clock.advance(seconds(30));
    const error = await answer;
    expect(error.facts["command"]).toBe("AT%CMNG=0,16842753,2,…");
    expect(JSON.stringify(reportOf(error))).not.toContain("SECRET");
  });

  it("never gives the late answer of one command to the next", async () => {
    const { channel, far, clock } = rig();
    const late = failureOf(channel.send("AT+CFUN?"));
    await clock.advance(seconds(5));
    expect((await late).code).toBe("at.timeout");
    const next = channel.send("AT+CMEE?");
    far.send("+CFUN: 1\r\n");
    await clock.advance(milliseconds(150));
    far.send("OK\r\n");
    await clock.advance(milliseconds(400));
    expect(far.received).toBe("AT+CFUN?\r\nAT\r\n");
    far.send("OK\r\n");
    await clock.advance(milliseconds(200));
    expect(far.received).toBe("AT+CFUN?\r\nAT\r\nAT+CMEE?\r\n");
    far.send("+CMEE: 1\r\nOK\r\n");
    expect((await next).text).toBe("+CMEE: 1\r\nOK\r\n");
  });

  it("tries again when a late OK is taken for the answer to its own AT", async () => {
    const { channel, far, clock } = rig();
    const late = failureOf(channel.send("AT+CGMM"));
    await clock.advance(seconds(5));
    await late;
    const next = channel.send("AT+CMEE?");
    await clock.advance(milliseconds(200));
    far.send("OK\r\n");
    await clock.advance(milliseconds(50));
    far.send("OK\r\n");
    await clock.advance(milliseconds(400));
    expect(far.received).toBe("AT+CGMM\r\nAT\r\nAT\r\n");
    far.send("OK\r\n");
    await clock.advance(milliseconds(200));
    far.send("+CMEE: 1\r\nOK\r\n");
    expect((await next).lines).toEqual(["+CMEE: 1"]);
  });

  it("fails as at.silent when the modem stays silent, and works again when it comes back", async () => {
    const { channel, clock, modem } = rigWithModem();
    modem.silent = true;
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.timeout");
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.silent");
    modem.silent = false;
    expect((await during(clock, channel.send("AT+CFUN?"))).lines).toEqual(["+CFUN: 1"]);
  });

  it("fails as at.unsynced when only garbage comes back", async () => {
    const { channel, clock, far } = rig();
    far.onBytes = () => far.send(Uint8Array.of(0x80, 0xfe, 0x0d, 0x41, 0x0a));
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.timeout");
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.unsynced");
  });

  it("finds the final result behind a notification with a broken quote", async () => {
    const { channel, clock, far, unsolicited } = rig();
    far.onBytes = () => far.send('+FOO: "broken\r\n+CFUN: 4\r\nOK\r\n');
    expect((await during(clock, channel.send("AT+CFUN?"))).text).toBe("+CFUN: 4\r\nOK\r\n");
    expect(unsolicited).toEqual(['+FOO: "broken']);
  });

  it("keeps a broken quote that came before the command out of its answer", async () => {
    const { channel, clock, far } = rig();
    far.send('+FOO: "broken\r\n');
    far.onBytes = () => far.send("+CFUN: 4\r\nOK\r\n");
    expect((await during(clock, channel.send("AT+CFUN?"), 10)).text).toBe("+CFUN: 4\r\nOK\r\n");
  });

  it("drops junk without a line end that has rested before the command", async () => {
    const { channel, clock, far } = rig();
    far.send(Uint8Array.of(0xff, 0x41));
    await clock.advance(seconds(1));
    far.onBytes = () => far.send("OK\r\n");
    expect((await during(clock, channel.send("AT"))).text).toBe("OK\r\n");
  });

  it("fails as at.overflow when a line is too long", async () => {
    const { channel, clock, far } = rig();
    const answer = failureOf(channel.send("AT%CMNG=1"));
    await clock.advance(milliseconds(1));
    far.send("x".repeat(70_000));
    expect(await answer).toMatchObject({ code: "at.overflow", facts: { command: "AT%CMNG=1" } });
  });

  it("answers an abort at once, waits for the command in flight and leaves out the ones behind it", async () => {
    const { channel, far, clock } = rig();
    const controller = new AbortController();
    const { signal } = controller;
    const inFlight = failureOf(channel.send("AT+CFUN=4", { signal }));
    const queued = failureOf(channel.send("AT%CMNG=1", { signal }));
    await clock.advance(milliseconds(10));
    const after = channel.send("AT+CFUN?");
    controller.abort(new StationError("station.aborted", "stopped by the operator"));
    expect([(await inFlight).code, (await queued).code]).toEqual(["station.aborted", "station.aborted"]);
    await clock.advance(seconds(3));
    expect(far.received).toBe("AT+CFUN=4\r\n");
    far.send("OK\r\n");
    await clock.advance(milliseconds(10));
    expect(far.received).toBe("AT+CFUN=4\r\nAT+CFUN?\r\n");
    far.send("+CFUN: 4\r\nOK\r\n");
    expect((await after).lines).toEqual(["+CFUN: 4"]);
  });

  it("fails pending and later commands with the link's reason when the link is lost", async () => {
    const { channel, far, clock } = rig();
    const pending = [failureOf(channel.send("AT%KEYGEN=1,2,0")), failureOf(channel.send("AT"))];
    await clock.advance(milliseconds(10));
    far.vanish();
    expect((await Promise.all(pending)).map(({ code }) => code)).toEqual(["link.lost", "link.lost"]);
    expect((await failureOf(channel.send("AT"))).code).toBe("link.lost");
    expect(clock.untilNext()).toBeUndefined();
  });

  it("fails with link.stuck when the port takes no bytes", async () => {
    const { channel, far, clock } = rig();
    far.stall();
    expect((await during(clock, failureOf(channel.send("AT+CFUN=1")))).code).toBe("link.stuck");
  });

  it("fails with link.closed after close, which may be repeated, and leaves no timer", async () => {
    const { channel, clock } = rig();
    const pending = failureOf(channel.send("AT"));
    await channel.close();
    await channel.close();
    expect((await pending).code).toBe("link.closed");
    expect((await failureOf(channel.send("AT"))).code).toBe("link.closed");
    expect(clock.untilNext()).toBeUndefined();
  });

  it("notices a reboot during a command", async () => {
    const { channel, clock, modem } = rigWithModem({
      answer: (command) => (command === "AT%KEYGEN=1,2,0" ? "" : undefined),
    });
    await during(clock, channel.send("AT"));
    const answer = failureOf(channel.send("AT%KEYGEN=1,2,0"));
    await clock.advance(seconds(1));
    modem.reboot();
    expect(await answer).toMatchObject({ code: "at.rebooted", facts: { command: "AT%KEYGEN=1,2,0" } });
    expect((await during(clock, channel.send("AT+CFUN?"))).lines).toEqual(["+CFUN: 0"]);
  });

  it("notices a reboot between commands, once", async () => {
    const { channel, clock, modem } = rigWithModem();
    await during(clock, channel.send("AT"));
    modem.reboot();
    expect((await during(clock, failureOf(channel.send("AT+CFUN?")))).code).toBe("at.rebooted");
    expect((await during(clock, channel.send("AT+CFUN?"))).lines).toEqual(["+CFUN: 0"]);
  });

  it("notices a reboot by the echo that is back", async () => {
    const { channel, clock, modem } = rigWithModem({ echo: true });
    await during(clock, channel.send("ATE0"));
    expect((await during(clock, channel.send("AT+CFUN?"))).lines).toEqual(["+CFUN: 1"]);
    modem.restart();
    expect((await during(clock, failureOf(channel.send("AT+CFUN?")))).code).toBe("at.rebooted");
  });

  it("takes boot text before the first answer for what it is", async () => {
    const { channel, clock, modem } = rigWithModem();
    modem.reboot();
    expect((await during(clock, channel.send("AT"))).text).toBe("OK\r\n");
  });

  it.each(["hello", "AT\r\nAT+CFUN=0", 'AT%X="open', "AT\0", "AT\r", `AT${"x".repeat(70_000)}`])(
    "refuses to send what is not one command",
    async (command) => {
      const { channel, far } = rig();
      expect((await failureOf(channel.send(command))).code).toBe("at.bad-command");
      expect(far.received).toBe("");
    },
  );

  it("reports every exchange with what it took", async () => {
    const { channel, clock, exchanges } = rigWithModem({ delay: milliseconds(20) });
    await during(clock, channel.send("AT+CFUN?"));
    expect(exchanges).toMatchObject([{ command: "AT+CFUN?", took: 20, result: { lines: ["+CFUN: 1"] } }]);
  });
});
