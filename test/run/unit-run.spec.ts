import { describe, expect, it } from "vitest";
import { RunRig } from "./support/run-rig.ts";

describe("a run", () => {
  it("passes a unit, with its modem as it was found", async () => {
    const rig = new RunRig();
    const finished = await rig.run();
    if (finished.outcome !== "PASS") console.log(finished, rig.phases);
    expect(finished).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(rig.phases).toEqual([
      "connect1 passed",
      "identify1 passed",
      "check1 passed",
      "claim1 passed",
      "provision1 passed",
      "verify1 passed",
      "release1 passed",
    ]);
    expect(rig.opener.modem.mode).toBe(1);
    expect(rig.opener.closed).toBe(1);
  });
});
