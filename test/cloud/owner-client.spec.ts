import { describe, expect, it } from "vitest";
import type { OwnerAnswer } from "../../src/cloud/owner-api.ts";
import { OwnerClient } from "../../src/cloud/owner-client.ts";
import { seconds } from "../../src/core/duration.ts";
import { asStationError } from "../../src/core/error.ts";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { answer } from "../fakes/fake-service.ts";

const UUID = "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid;

function rig(...answers: readonly OwnerAnswer[]) {
  const clock = new VirtualClock();
  const left = [...answers];
  const calls: string[] = [];
  const api = {
    exchange: ({ method, path }: { readonly method: string; readonly path: string }) => {
      calls.push(`${method} ${path}`);
      const next = left.shift();
      return next === undefined ? new Promise<never>(() => undefined) : Promise.resolve(next);
    },
  };
  return { clock, calls, owner: new OwnerClient({ api, clock, limit: seconds(60) }) };
}

describe("the owner's claim", () => {
  it("is new, with the UUID that the service tells", async () => {
    const { owner } = rig(answer(201, { id: UUID }));
    expect(await owner.claim("t", UUID, [])).toEqual({ kind: "claimed", uuid: UUID });
  });

  it.each([answer(409, { message: "conflict" }), answer(400, { message: "the device has already been claimed" })])(
    "finds out whose the unit is when it is taken (%#)",
    async (taken) => {
      const ours = rig(taken, answer(200, { id: UUID }));
      expect(await ours.owner.claim("t", UUID, [])).toEqual({ kind: "ours-already", uuid: UUID });
      expect(ours.calls[1]).toBe(`GET claimed-devices/${UUID}`);
      const foreign = rig(taken, answer(404));
      expect(await foreign.owner.claim("t", UUID, []).catch(asStationError)).toMatchObject({
        code: "cloud.claimed-elsewhere",
      });
    },
  );

  it("does not ask further for another refusal", async () => {
    const { owner, calls } = rig(answer(400, { message: "tags: too many" }));
    expect(await owner.claim("t", UUID, []).catch(asStationError)).toMatchObject({ code: "cloud.refused" });
    expect(calls).toHaveLength(1);
  });

  it("ends at its limit when nothing is answered", async () => {
    const { owner, clock } = rig();
    const failure = owner.claim("t", UUID, []).catch(asStationError);
    await clock.advance(seconds(60));
    expect(await failure).toMatchObject({
      code: "cloud.unavailable",
      facts: { task: "claim", limit: { value: 60_000, unit: "ms" } },
    });
  });

  it("can be asked for without being made, and given up", async () => {
    const { owner, calls } = rig(answer(202), answer(204));
    expect(await owner.inspect("t", UUID)).toEqual({ kind: "claimable" });
    await owner.unclaim(UUID);
    expect(calls).toEqual(["POST claimed-devices?dryrun=true", `DELETE claimed-devices/${UUID}`]);
  });
});
