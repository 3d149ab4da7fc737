import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRequestKind, parseMessage, parseReply, REQUESTS } from "../../src/contract/desktop.ts";
import { DEFAULT_SETTINGS, SettingsChangeSchema } from "../../src/contract/desktop-settings.ts";
import { reportOf, StationError } from "../../src/core/error.ts";

describe("parseReply", () => {
  it("gives the answer of the request's kind", () => {
    expect(parseReply("settings.read", { ok: true, answer: DEFAULT_SETTINGS })).toEqual(DEFAULT_SETTINGS);
    expect(parseReply("abort", { ok: true, answer: null })).toBeNull();
  });

  it("throws the error that was reported", () => {
    const error = reportOf(new StationError("station.slot-busy", "the slot is still running", { slot: "1" }));
    expect(() => parseReply("start", { ok: false, error })).toThrow(
      expect.objectContaining({ code: "station.slot-busy", facts: { slot: "1" } }),
    );
  });

  it("refuses an answer of another kind and names the field", () => {
    const answer = { ...DEFAULT_SETTINGS, theme: "green" };
    expect(() => parseReply("settings.read", { ok: true, answer })).toThrow(
      expect.objectContaining({ code: "desktop.answer", facts: { kind: "settings.read", field: "theme" } }),
    );
  });

  it("throws nothing but StationErrors, whatever comes", () => {
    const kinds = fc.constantFrom("snapshot", "start", "history.runs", "history.verify") as fc.Arbitrary<"start">;
    const reply = fc.oneof(fc.anything(), fc.record({ ok: fc.boolean(), answer: fc.anything(), error: fc.anything() }));
    fc.assert(
      fc.property(kinds, reply, (kind, value) => {
        expect(() => parseReply(kind, value)).toThrow(StationError);
      }),
    );
  });
});

describe("parseMessage", () => {
  it("takes progress of a job", () => {
    expect(parseMessage("progress", { job: "e-1", done: 3, total: 10 })).toEqual({ job: "e-1", done: 3, total: 10 });
  });

  it("throws nothing but StationErrors, whatever comes", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(!Array.isArray(value) || value.length > 0);
        expect(() => parseMessage("news", value)).toThrow(StationError);
      }),
    );
  });
});

describe("the table of requests", () => {
  it("knows its own kinds only", () => {
    expect(Object.keys(REQUESTS).every(isRequestKind)).toBe(true);
    expect(["toString", "__proto__", "", 1, null].some(isRequestKind)).toBe(false);
  });

  it("changes only the settings that are named, and none that are not there", () => {
    expect(SettingsChangeSchema.parse({ theme: "dark" })).toEqual({ theme: "dark" });
    expect(SettingsChangeSchema.safeParse({ theme: undefined }).success).toBe(false);
    expect(SettingsChangeSchema.safeParse({ volume: 1 }).success).toBe(false);
    expect(SettingsChangeSchema.safeParse({ sound: { on: true, volume: 2 } }).success).toBe(false);
  });
});
