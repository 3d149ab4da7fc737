import { describe, expect, it } from "vitest";
import { isLatencyName, LATENCIES, wireTime, workOf } from "../../src/simulator/latency.ts";
import { commandLine, shownCommand, totalsLine, noWaits, type CommandEntry } from "../../src/simulator/wait-log.ts";

describe("shownCommand", () => {
  it.each([
    ["AT", "AT"],
    ["AT+CFUN?", "AT+CFUN?"],
    ["AT+CFUN=4", "AT+CFUN=4"],
    ["ATE0", "ATE0"],
    ["AT%CMNG=3,42384,0", "AT%CMNG=3,42384,0"],
    ['AT%CMNG=0,16842753,2,"-----BEGIN"', "AT%CMNG=0,16842753,2… (33 characters)"],
    ['AT%JWT=0,300,"secret",""', "AT%JWT… (24 characters)"],
    ['AT+CGAUTH=0,1,"user","word"', "AT+CGAUTH… (27 characters)"],
    ["password", "… (8 characters)"],
  ])("shows %j as %j", (command, shown) => {
    expect(shownCommand(command)).toBe(shown);
  });
});

describe("log lines", () => {
  const entry: CommandEntry = {
    ...{ slot: 1, at: Date.UTC(2026, 0, 1), command: "AT", result: "OK", bytesIn: 3, bytesOut: 4 },
    ...{ wireIn: 0.260416, work: 20, fault: 0, wireOut: 1 / 3, elapsed: 21 },
  };

  it("are JSON with ISO times and milliseconds to three places", () => {
    expect(JSON.parse(commandLine(entry))).toEqual({
      ...{ kind: "command", ...entry, at: "2026-01-01T00:00:00.000Z", wireIn: 0.26, wireOut: 0.333 },
    });
    expect(JSON.parse(totalsLine(noWaits(2)))).toMatchObject({ kind: "totals", slot: 2, waited: 0 });
  });
});

describe("latency tables", () => {
  it("go by their names", () => {
    expect([isLatencyName("none"), isLatencyName("realistic"), isLatencyName("toString")]).toEqual([true, true, false]);
  });

  it("take ten bits a byte", () => {
    expect(wireTime(LATENCIES.realistic, 11_520)).toBe(1000);
    expect(wireTime(LATENCIES.none, 11_520)).toBe(0);
  });

  it("do not care for case or leading blanks", () => {
    expect(workOf(LATENCIES.realistic, " at%keygen=1,2,0")).toBe(1600);
    expect(workOf(LATENCIES.realistic, "AT%KEYGEN=?")).toBe(20);
  });
});
