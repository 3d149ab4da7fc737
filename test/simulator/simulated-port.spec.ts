import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { milliseconds, minutes, seconds } from "../../src/core/duration.ts";
import { LATENCIES } from "../../src/simulator/latency.ts";
import { addWait, noWaits } from "../../src/simulator/wait-log.ts";
import { portRig, RecordingClient } from "./port-rig.ts";

const REALISTIC = LATENCIES.realistic;
const BYTE = 10_000 / 115_200;

describe("SimulatedPort's time", () => {
  it("is none with the table none: answers come at once, however many commands come together", () => {
    const { type, client, clock } = portRig();
    type("AT\r".repeat(20_000));
    expect(client.take()).toBe("OK\r\n".repeat(20_000));
    expect(clock.monotonic()).toBe(0);
  });

  it.each([
    ["AT", 20],
    ["AT+CGSN", 20],
    ["AT+CFUN=4", 300],
    ["AT+CFUN=0", 300],
    ["AT+CFUN=1", 1500],
    ["AT+CFUN?", 20],
    ["AT%CMNG=1", 60],
    ["AT%CMNG=1,16842753", 60],
    ['AT%CMNG=0,1,0,"x"', 150],
    ["AT%CMNG=3,1,0", 80],
    ["AT%KEYGEN=1,2,0", 1600],
    ['AT%JWT=0,300,"",""', 350],
    ["AT%ATTESTTOKEN", 300],
    ["AT%FOO", 20],
  ])("for %j is %i ms and every byte in both directions at 115,200 baud", async (command, work) => {
    const { timed, entries } = portRig({ latency: REALISTIC, modem: { bootMode: 4 } });
    const { text, waited } = await timed(command);
    const wire = (command.length + 1 + text.length) * BYTE;
    expect(waited).toBeCloseTo(work + wire, 6);
    expect(entries[0]).toMatchObject({ work, bytesIn: command.length + 1, bytesOut: text.length });
    expect(entries[0]!.elapsed).toBeCloseTo(waited, 6);
  });

  it("counts a line that comes in pieces from its first byte on", async () => {
    const { type, clock, client } = portRig({ latency: { ...LATENCIES.none, baud: 1000 } });
    type("AT");
    await clock.advance(milliseconds(5));
    type("\r");
    await clock.advance(milliseconds(25 + 39));
    expect(client.take()).toBe("");
    await clock.advance(milliseconds(1));
    expect(client.take()).toBe("OK\r\n");
  });

  it("adds up: the totals are what an ideal host would have waited", async () => {
    const { timed, entries, clock } = portRig({ latency: REALISTIC });
    for (const command of ["AT", "AT+CFUN=4", 'AT%CMNG=0,1,0,"x"', "AT%CMNG=1,1"]) await timed(command);
    const totals = entries.reduce(addWait, noWaits(1));
    expect(totals).toMatchObject({ commands: 4, work: 20 + 300 + 150 + 60, fault: 0 });
    expect(totals.waited).toBeCloseTo(clock.monotonic(), 6);
    expect(totals.elapsed).toBeCloseTo(clock.monotonic(), 6);
  });

  it("does one command after the other", async () => {
    const { type, clock, client } = portRig({ latency: REALISTIC });
    type("AT+CFUN=1\rAT+CFUN?\r");
    await clock.advance(milliseconds(1490));
    expect(client.take()).toBe("");
    await clock.advance(milliseconds(20));
    expect(client.take()).toBe("OK\r\n");
    await clock.advance(milliseconds(30));
    expect(client.take()).toBe("+CFUN: 1\r\nOK\r\n");
  });

  it("tells a host that sends too much to wait", async () => {
    const { type, clock, client } = portRig({ latency: REALISTIC });
    type("AT+CFUN=1\r");
    type("AT\r".repeat(4000));
    expect(client.reading).toBe(false);
    await clock.advance(minutes(10));
    expect(client.reading).toBe(true);
    expect(client.take()).toBe("OK\r\n".repeat(4001));
  });
});

describe("SimulatedPort's connections", () => {
  it("forget a half line, keep the modem as it is, and finish the command that runs", async () => {
    const { port, client, type, clock } = portRig({ latency: REALISTIC });
    type("AT+CFUN=4\r");
    type('AT%CMNG=0,1,0,"open');
    port.detach(client);
    await clock.advance(milliseconds(100));
    const second = new RecordingClient();
    port.attach(second);
    type("AT+CFUN?\r");
    await clock.advance(seconds(1));
    expect(second.take()).toBe("OK\r\n+CFUN: 4\r\nOK\r\n");
    expect(client.take()).toBe("");
  });

  it("leave no timer after a stop", async () => {
    const { port, type, clock } = portRig({ latency: REALISTIC });
    type("AT+CFUN=1\r");
    port.stop();
    expect(clock.untilNext()).toBeUndefined();
    type("AT\r");
    expect(clock.untilNext()).toBeUndefined();
  });
});

describe("SimulatedPort under hostile input", () => {
  it("never throws, and answers or waits", async () => {
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc
        .constantFrom("AT\r", 'AT%CMNG=0,1,0,"', '"\r', "AT+CFUN=1\r", "\r\n", "AT%JWT\r")
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 30 }), fc.constantFrom("at", "shell"), async (chunks, mode) => {
        const { port, client, clock } = portRig({ latency: REALISTIC, framing: { mode, lead: "" } });
        for (const bytes of chunks) if (client.reading) port.receive(bytes);
        await clock.advance(minutes(30));
        expect(client.reading).toBe(true);
        client.take();
        port.detach(client);
        port.attach(client);
        port.receive(Buffer.from(mode === "at" ? "AT\r" : "at AT\r"));
        await clock.advance(seconds(1));
        expect(client.take()).toContain("OK\r\n");
        port.stop();
        expect(clock.untilNext()).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
