import { describe, expect, it } from "vitest";
import { CloseGuard } from "../../../main/window/close-guard.ts";

/** A guard over an application that tells what happened to it. */
function rig(busy: boolean) {
  const told: string[] = [];
  const answer = { give: (_yes: boolean): void => undefined };
  const guard = new CloseGuard({
    busy: () => busy,
    confirm: () => {
      told.push("asked");
      return new Promise((resolve) => (answer.give = resolve));
    },
    shutDown: async () => void told.push("shut down"),
  });
  return { guard, told, answer };
}

describe("CloseGuard", () => {
  it("closes at once when nothing runs", async () => {
    const { guard, told } = rig(false);
    await guard.request();
    expect(told).toEqual(["shut down"]);
  });

  it("asks once while runs are active, stays open after a no, and asks again the next time", async () => {
    const { guard, told, answer } = rig(true);
    const first = guard.request();
    await guard.request();
    answer.give(false);
    await first;
    expect(told).toEqual(["asked"]);
    const second = guard.request();
    answer.give(true);
    await second;
    expect(told).toEqual(["asked", "asked", "shut down"]);
  });

  it("obeys the system while the person is being asked, and shuts down once", async () => {
    const { guard, told, answer } = rig(true);
    const asked = guard.request();
    await guard.force();
    answer.give(false);
    await asked;
    await guard.force();
    await guard.request();
    expect(told).toEqual(["asked", "shut down"]);
  });
});
