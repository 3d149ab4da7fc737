import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FixtureSchema, lineOf } from "../../src/contract/fixture.ts";
import { ProfileSchema } from "../../src/contract/profile.ts";

const slot = { slot: "1", row: 1, column: 1, port: { tcp: "127.0.0.1:4001" } };
const fixture = { fixture: 1, name: "Tray", rows: 1, columns: 2, slots: [slot] };

const problems = (value: unknown): string[] => {
  const parsed = FixtureSchema.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
};

describe("a fixture", () => {
  it("gives each slot the fixture's line settings with its own on top", () => {
    const parsed = FixtureSchema.parse({
      ...fixture,
      line: { baud: 9600 },
      slots: [{ ...slot, line: { mode: "shell" } }],
    });
    expect(parsed.slots.map((each) => lineOf(parsed, each))).toEqual([
      { baud: 9600, flowControl: "rtscts", lineEnding: "crlf", mode: "shell" },
    ]);
  });

  it("refuses two slots of one name, place or port, and slots outside the tray", () => {
    expect(problems({ ...fixture, slots: [slot, { ...slot, row: 2 }] })).toEqual([
      "slots.1.slot: repeats an earlier slot",
      "slots.1.port: repeats an earlier port",
      "slots.1.row: must be at most rows (1)",
    ]);
  });

  it.each([{ tcp: "nowhere" }, { tcp: "h:70000" }, {}, { path: "a", tcp: "h:1" }, { usb: "1-1", interface: 99 }])(
    "refuses the port %j",
    (port) => {
      expect(problems({ ...fixture, slots: [{ ...slot, port }] }).length).toBeGreaterThan(0);
    },
  );

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof FixtureSchema.safeParse(value).success === "boolean"));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (each) => typeof FixtureSchema.safeParse({ ...fixture, slots: [each] }).success === "boolean",
      ),
    );
  });
});

describe("a profile", () => {
  const profile = { profile: 1, name: "Local", service: "embedded", https: { host: "localhost", ca: "ca.pem" } };

  it("has the protocol's ports and the vendor sample's buffers by default", () => {
    expect(ProfileSchema.parse(profile)).toMatchObject({
      transport: "https",
      https: { port: 443 },
      compatibility: "default",
      limits: { rxBytes: 2304, txBytes: 2304, atBytes: 2304, records: 10 },
    });
  });

  it("must hold the endpoint of its transport", () => {
    expect(ProfileSchema.safeParse({ ...profile, transport: "coaps" }).error?.issues.map(({ path }) => path)).toEqual([
      ["coaps"],
    ]);
  });

  it.each(["http://api.example", "https://user:secret@api.example", "ftp://x"])(
    "refuses the owner address %s",
    (base) => {
      expect(ProfileSchema.safeParse({ ...profile, owner: { base } }).success).toBe(false);
    },
  );
});
