import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inSeconds } from "../../src/core/duration.ts";
import { finalText, modemError } from "../../src/modem/cme-errors.ts";
import { limitFor } from "../../src/modem/command-limits.ts";
import { parseInfoValues } from "../../src/modem/info-values.ts";

describe("limitFor", () => {
  it.each([
    ["AT", 5],
    ["AT+CEREG?", 5],
    ["AT+CGSN=1", 15],
    ["AT%CMNG=1", 15],
    ['AT%CMNG=0,1,0,"x"', 30],
    ["AT%CMNG=3,1,0", 30],
    ["AT%KEYGEN=1,2,0", 60],
    ['AT%JWT=0,300,"",""', 10],
    ["AT%ATTESTTOKEN", 10],
    ["AT+CFUN=1", 120],
    ["at+cfun=4", 60],
    ["AT+CFUN=0", 60],
    ["AT+CFUN?", 5],
  ])("gives %s %d s", (command, limit) => {
    expect(inSeconds(limitFor(command))).toBe(limit);
  });
});

describe("parseInfoValues", () => {
  it("tells numbers, quoted texts, words and nothing apart", () => {
    expect(parseInfoValues(' 42384, -1,"a,\r\nb" ,,x')).toEqual([
      { kind: "number", value: 42384 },
      { kind: "number", value: -1 },
      { kind: "text", value: "a,\r\nb" },
      { kind: "empty" },
      { kind: "word", value: "x" },
    ]);
  });

  it.each(['"open', '"a"b', 'a"b"', "1,".repeat(40)])("refuses %s", (text) => {
    expect(parseInfoValues(text)).toBeUndefined();
  });

  it("takes any text without failing", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', ",", " ", "1", "a"), maxLength: 200 }), (text) => {
        const values = parseInfoValues(text);
        expect(values === undefined || values.length <= 32).toBe(true);
      }),
    );
  });
});

describe("modemError", () => {
  it("has a sentence and a code for every number", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.constantFrom("cme" as const, "cms" as const), (code, kind) => {
        const row = modemError({ kind, code });
        expect(row.sentence).toMatch(/\.$/);
        expect(row.code).toMatch(/^at\./);
        expect(finalText({ kind, code })).toBe(`+${kind.toUpperCase()} ERROR: ${code}`);
      }),
    );
    expect(finalText({ kind: "ok" }) + finalText({ kind: "error" })).toBe("OKERROR");
  });
});
