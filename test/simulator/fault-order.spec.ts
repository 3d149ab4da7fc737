import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { FAULT_KINDS } from "../../src/simulator/fault-kind.ts";
import { parseFault, type FaultOrder } from "../../src/simulator/fault-order.ts";
import { FAULT_MOMENTS } from "../../src/simulator/fault-moment.ts";

function outcomeOf(text: string): FaultOrder | StationError {
  try {
    return parseFault(text);
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
}

function refused(text: string): StationError {
  const outcome = outcomeOf(text);
  if (outcome instanceof StationError) return outcome;
  throw new TypeError(`not refused: ${text}`);
}

describe("parseFault", () => {
  it("takes slot and kind and fills in the kind's own moment, times and number", () => {
    expect(parseFault("3=keygen-fail")).toEqual({
      slot: 3,
      kind: "keygen-fail",
      moment: { name: "keygen" },
      times: Number.POSITIVE_INFINITY,
      argument: 0,
    });
    expect(parseFault("1=late")).toMatchObject({ moment: { name: "write" }, times: 1, argument: 32_000 });
  });

  it("takes number, moment and times", () => {
    expect(parseFault("12=slow:1000@jwt*3")).toMatchObject({
      slot: 12,
      argument: 1000,
      moment: { name: "jwt" },
      times: 3,
    });
    expect(parseFault("1=mute@/^AT%CMNG=0,42384*/*2")).toMatchObject({
      times: 2,
      moment: { pattern: /^AT%CMNG=0,42384*/i },
    });
    expect(parseFault("1=wrong-cme:50@verify")).toMatchObject({ argument: 50, moment: { name: "verify" } });
  });

  it("takes every kind, and every kind at every moment that fits", () => {
    for (const [kind, { moment: usual }] of Object.entries(FAULT_KINDS)) {
      expect(parseFault(`1=${kind}`).kind).toBe(kind);
      for (const moment of Object.keys(FAULT_MOMENTS)) {
        const fits = (usual === "start") === (moment === "start");
        const expected = fits ? { moment: { name: moment } } : { code: "simulator.bad-fault" };
        expect(outcomeOf(`1=${kind}@${moment}`)).toMatchObject(expected);
      }
    }
  });

  it.each([
    ["", "form"],
    ["silence", "form"],
    ["0=silence", "slot"],
    ["x=silence", "form"],
    ["1=nothing", "unknown kind"],
    ["1=constructor", "unknown kind"],
    ["1=silence@lunch", "unknown moment"],
    ["1=silence@/(/", "no valid pattern"],
    ["1=silence:5", "takes no number"],
    ["1=slow:9999999", "out of range"],
    ["1=wrong-cme:70000", "out of range"],
    ["1=mute*0", "at least once"],
    ["1=mute*x", "form"],
    ["1=echo@jwt", "start"],
    ["1=mute@start", "start"],
    [`1=mute@/${"a".repeat(300)}/`, "longer"],
  ])("refuses %j and says why", (text, why) => {
    const error = refused(text);
    expect(error.code).toBe("simulator.bad-fault");
    expect(error.message).toContain(why);
  });

  it("names the kinds and moments that there are", () => {
    expect(refused("1=nothing").facts["kinds"]).toContain("keygen-fail");
    expect(refused("1=mute@lunch").facts["moments"]).toContain("verify");
  });

  it("throws nothing but its own error on any text", () => {
    const parts = fc.tuple(fc.nat(), fc.constantFrom("mute", "slow", "echo", "?"), fc.string());
    const text = fc.oneof(
      fc.string(),
      parts.map(([slot, kind, rest]) => `${slot}=${kind}${rest}`),
    );
    fc.assert(
      fc.property(text, (one) => {
        expect(outcomeOf(one)).toBeDefined();
      }),
    );
  });
});

describe("docs/simulator.md", () => {
  it("has every kind with its moment and end, and every moment", () => {
    const rows = readFileSync(new URL("../../docs/simulator.md", import.meta.url), "utf8")
      .split("\n")
      .map((row) => row.split("|").map((cell) => cell.trim()));
    for (const [kind, { what, moment, ends, argument }] of Object.entries(FAULT_KINDS)) {
      const name = argument === undefined ? kind : `${kind}:${argument.usual}`;
      expect(rows).toContainEqual(["", `\`${name}\``, what, `\`@${moment}\``, expect.any(String), ends, ""]);
    }
    for (const [moment, when] of Object.entries(FAULT_MOMENTS)) {
      expect(rows).toContainEqual(["", `\`@${moment}\``, when, ""]);
    }
  });
});
