import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDeviceUuid, parseImei, timeOrderedId, UUID_PATTERN } from "../../src/core/ids.ts";

describe("ids", () => {
  it("folds a device UUID to lower case and refuses other texts", () => {
    expect(parseDeviceUuid("50363154-3931-44F0-8022-121B6401627D")).toBe("50363154-3931-44f0-8022-121b6401627d");
    expect([parseDeviceUuid(""), parseDeviceUuid("50363154393144f08022121b6401627d")]).toEqual([undefined, undefined]);
  });

  it("takes 15 digits as an IMEI and nothing else", () => {
    expect([parseImei("355025930000000"), parseImei("35502593000000"), parseImei("35502593000000x")]).toEqual([
      "355025930000000",
      undefined,
      undefined,
    ]);
  });

  it("makes time-ordered UUIDs of version 7 that sort by time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 47 }), fc.integer({ min: 1, max: 2 ** 40 }), (now, later) => {
        const [first, second] = [timeOrderedId(now, randomBytes), timeOrderedId(now + later, randomBytes)];
        expect(first).toMatch(UUID_PATTERN);
        expect([first[14], first < second]).toEqual(["7", true]);
      }),
    );
  });
});
