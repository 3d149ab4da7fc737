import { describe, expect, it } from "vitest";
import {
  additionOf,
  changeOf,
  formOf,
  problemOf,
  type OperatorForm,
} from "../../../../renderer/screens/settings/operator-form.ts";
import { bytesText, grouped } from "../../../../renderer/screens/settings/about-station.ts";
import type { Operator } from "../../../../src/contract/desktop-session.ts";

const ANA: Operator = { name: "Ana", role: "operator", pin: true, enabled: true, badge: "ID-7" };
const form = (change: Partial<OperatorForm>, operator?: Operator): OperatorForm => ({
  ...formOf(operator, false),
  name: operator?.name ?? "Bo",
  ...change,
});

describe("the form of an operator", () => {
  it.each([
    ["an empty name", form({ name: "  " }), undefined, "name"],
    ["letters in the PIN", form({ pin: "12a4", again: "12a4" }), undefined, "pin"],
    ["a short PIN", form({ pin: "123", again: "123" }), undefined, "pin"],
    ["two PINs", form({ pin: "1234", again: "1243" }), undefined, "pinAgain"],
    ["an engineer without a PIN", form({ role: "engineer" }), undefined, "pinMissing"],
    ["an engineer whose PIN is dropped", form({ role: "engineer", dropPin: true }, ANA), ANA, "pinMissing"],
    ["a badge with a control character", form({ badge: "ID\u00077" }), undefined, "badge"],
  ] as const)("is not sent with %s", (_what, typed, known, problem) => {
    expect(problemOf(typed, known)).toBe(problem);
  });

  it("is fine without PIN and badge, and for an engineer who keeps the PIN", () => {
    expect(problemOf(form({}), undefined)).toBeUndefined();
    expect(problemOf(form({ role: "engineer" }, ANA), ANA)).toBeUndefined();
  });

  it("enters what was typed, without the blanks around it", () => {
    expect(additionOf(form({ name: " Bo ", pin: "1234", badge: " ID-9 " }))).toEqual({
      ...{ name: "Bo", role: "operator", pin: "1234", badge: "ID-9" },
    });
  });

  it("changes only what differs", () => {
    expect(changeOf(form({}, ANA), ANA)).toEqual({ name: "Ana" });
    expect(changeOf(form({ name: "Ana D", enabled: false, badge: "", dropPin: true }, ANA), ANA)).toEqual({
      ...{ name: "Ana", rename: "Ana D", enabled: false, badge: null, pin: null },
    });
    expect(changeOf(form({ pin: "98765" }, ANA), ANA)).toEqual({ name: "Ana", pin: "98765" });
  });

  it("is the first engineer's where nobody is entered", () => {
    expect(formOf(undefined, true).role).toBe("engineer");
  });
});

describe("what the station tells of itself", () => {
  it("is written as people read it", () => {
    expect(bytesText(1_284_505_600, "en")).toBe("1.3 GB");
    expect(bytesText(0, "en")).toBe("0 byte");
    expect(bytesText(182_341, "de")).toBe("182 kB");
    expect(grouped("abcdefghij")).toBe("abcdefgh ij");
  });
});
