import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atoi, strtoll } from "../../src/provisioning/c-number.ts";
import { anyText } from "../fakes/session-rig.ts";

describe("numbers as C reads them", () => {
  it.each([
    ["99", 99n],
    ["  \t\n99", 99n],
    ["99abc", 99n],
    ["abc", 0n],
    ["", 0n],
    ["-5", -5n],
    ["+7", 7n],
    ["3.9", 3n],
    ["0x1F", 31n],
    ["0X1fz", 31n],
    ["0x", 0n],
    ["060", 48n],
    ["089", 0n],
    ["600\0", 600n],
    ["- 5", 0n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
  ])("reads %j with strtoll, base detected", (text, value) => {
    expect(strtoll(text)).toEqual({ value, outOfRange: false });
  });

  it("tells what does not fit 64 bits and takes the nearest limit", () => {
    expect(strtoll("9223372036854775808")).toEqual({ value: 2n ** 63n - 1n, outOfRange: true });
    expect(strtoll("-0xffffffffffffffff")).toEqual({ value: -(2n ** 63n), outOfRange: true });
  });

  it.each([
    ["60", 60],
    [" 60s", 60],
    ["-1", -1],
    ["x", 0],
    ["010", 10],
    ["0x10", 0],
    ["99999999999", 2_147_483_647],
    ["-99999999999", -2_147_483_648],
  ])("reads %j with atoi", (text, value) => {
    expect(atoi(text)).toBe(value);
  });

  it("reads back every 64-bit number in decimal, octal and hexadecimal", () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(number, (value) => {
        expect(strtoll(value.toString()).value).toBe(value);
        expect(strtoll(`0${value.toString(8)}`).value).toBe(value);
        expect(strtoll(`0x${value.toString(16)}`).value).toBe(value);
      }),
    );
  });

  it("answers something for any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typeof strtoll(text).value).toBe("bigint");
        expect(Number.isInteger(atoi(text))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
