import { expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { orClose } from "../../src/line/or-close.ts";

function rig() {
  const closed: string[] = [];
  return { closed, close: () => Promise.resolve(void closed.push("closed")) };
}

it("what was built upon something open keeps it open", async () => {
  const { closed, close } = rig();
  expect(await orClose(() => "built", close)).toBe("built");
  expect(closed).toEqual([]);
});

it("what could not be built leaves nothing open behind it, and says why", async () => {
  const { closed, close } = rig();
  const unreadable = (): never => {
    throw new StationError("audit.corrupt", "the record cannot be read");
  };
  await expect(orClose(unreadable, close)).rejects.toMatchObject({ code: "audit.corrupt" });
  expect(closed).toEqual(["closed"]);
});
