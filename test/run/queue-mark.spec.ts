import { describe, expect, it } from "vitest";
import type { RunId } from "../../src/core/ids.ts";
import { QueueMark } from "../../src/run/queue-mark.ts";
import { EARLIER, STATION } from "./support/run-rig.ts";

describe("a mark in the queue", () => {
  const mark = new QueueMark(STATION, "01900000-0000-7000-8001-000000000001" as RunId);

  it("tells the station's own commands and this run's places from all others", () => {
    expect(mark.describe(7)).toBe(`provisioning-station ${STATION} 01900000-0000-7000-8001-000000000001 #7`);
    expect(mark.placeOf({ description: mark.describe(7) })).toBe(7);
    expect(mark.placeOf({ description: EARLIER.describe(7) })).toBeUndefined();
    expect([mark.isOwn({ description: EARLIER.describe(1) }), mark.isOwn({ description: "" }), mark.isOwn({})]).toEqual(
      [...[true, false, false]],
    );
    expect(["config", "", "#7"].map((description) => mark.placeOf({ description }))).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });
});
