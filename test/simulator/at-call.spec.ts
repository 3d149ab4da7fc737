import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { argumentsOf, parseAtCall, unsigned } from "../../src/simulator/at-call.ts";

describe("parseAtCall", () => {
  it.each([
    ["AT", { name: "", form: "run" }],
    ["at", { name: "", form: "run" }],
    ["ATE0", { name: "E0", form: "run" }],
    ["ate", { name: "E0", form: "run" }],
    ["AT+CFUN?", { name: "+CFUN", form: "read" }],
    ["at+cfun=?", { name: "+CFUN", form: "test" }],
    [" AT%DEVICEUUID ", { name: "%DEVICEUUID", form: "run" }],
    ["AT#PROVSTART", { name: "#PROVSTART", form: "run" }],
  ])("takes %j apart", (text, expected) => {
    expect(parseAtCall(text)).toEqual(expected);
  });

  it("keeps line ends, commas and case within quotes and marks omitted parameters as empty", () => {
    const call = parseAtCall('AT%CMNG=0,16842753, 0 ,"Line 1,\r\nline 2\n",""');
    expect(call).toEqual({
      name: "%CMNG",
      form: "set",
      args: [
        { text: "0", quoted: false },
        { text: "16842753", quoted: false },
        { text: "0", quoted: false },
        { text: "Line 1,\r\nline 2\n", quoted: true },
        { text: "", quoted: true },
      ],
    });
    expect(parseAtCall("AT%JWT=,,")).toMatchObject({ args: [{ text: "" }, { text: "" }, { text: "" }] });
    expect(parseAtCall("AT+CGSN=")).toMatchObject({ form: "set", args: [{ text: "", quoted: false }] });
  });

  it.each(["", "A", "BT+CFUN?", "AT+", "AT CFUN", 'AT%CMNG=0,1,0,"open', 'AT%CMNG=0,"a"b', "AT+CFUN=4\nx", "\u0000AT"])(
    "refuses %j",
    (text) => {
      expect(parseAtCall(text)).toBeUndefined();
    },
  );

  it("does not backtrack over the longest lines of blanks, quotes and commas", () => {
    const lines = [" ".repeat(4000) + 'a"', '" '.repeat(2000), `"${"\t".repeat(4000)}`, `${" ,".repeat(2000)}"`];
    expect(lines.map((line) => parseAtCall(`AT%CMNG=${line}`))).toEqual(lines.map(() => undefined));
  });

  it("never throws and gives back what was joined", () => {
    const argument = fc.oneof(
      fc.record({ text: fc.stringMatching(/^[a-zA-Z0-9.-]{0,12}$/), quoted: fc.constant(false) }),
      fc.record({ text: fc.string().map((text) => text.replaceAll('"', "'")), quoted: fc.constant(true) }),
    );
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), (args) => {
        const text = args.map((one) => (one.quoted ? `"${one.text}"` : one.text)).join(",");
        // A lone question mark after the equals sign would be the test form.
        const call = parseAtCall(`AT%X=${text}`);
        expect(call === undefined ? [] : argumentsOf(call)).toEqual(args);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        parseAtCall(text);
        parseAtCall(`AT%CMNG=${text}`);
      }),
    );
  });
});

describe("unsigned", () => {
  it.each([
    ["0", 0],
    ["4294967295", 4_294_967_295],
    ["4294967296", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["", undefined],
    ["99999999999", undefined],
  ])("reads %j as %j", (text, value) => {
    expect(unsigned({ text, quoted: false })).toBe(value);
  });

  it("does not read a quoted number", () => {
    expect(unsigned({ text: "1", quoted: true })).toBeUndefined();
    expect(unsigned(undefined)).toBeUndefined();
  });
});
