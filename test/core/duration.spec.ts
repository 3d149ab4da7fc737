import { describe, expect, it } from "vitest";
import { formatDuration, milliseconds, minutes, seconds } from "../../src/core/duration.ts";
import { formatFact, lasting, quantity } from "../../src/core/fact.ts";

describe("durations and facts", () => {
  it.each([
    [milliseconds(0), "0 ms"],
    [milliseconds(999), "999 ms"],
    [seconds(5), "5 s"],
    [milliseconds(4250), "4.3 s"],
    [seconds(125), "2 min 5 s"],
    [minutes(180), "3 h 0 min"],
  ])("%d ms reads as %s", (duration, text) => {
    expect(formatDuration(duration)).toBe(text);
  });

  it.each([
    [lasting(seconds(30)), "30 s"],
    [quantity(64, "bytes"), "64 bytes"],
    [true, "yes"],
    [null, "none"],
    ["ttyUSB0", "ttyUSB0"],
  ])("the fact %j reads as %s", (fact, text) => {
    expect(formatFact(fact)).toBe(text);
  });
});
