import { describe, expect, it } from "vitest";
import type { UnitKeys } from "../../../src/line/units/keys.ts";

/** What a test of the contract puts into buckets. */
export type Sample = { readonly name: string };

/** What every bucket of units must do, whatever it is made of. @param other what another station sees */
export function describeKeys(name: string, keys: () => UnitKeys<Sample>, other: () => UnitKeys<Sample>): void {
  describe(name, () => {
    it("holds nothing at first", async () => {
      expect(await keys().read("u0")).toEqual({ kind: "nothing" });
    });

    it("takes a first value once", async () => {
      const revision = await keys().write("u1", { name: "a" }, 0);
      expect(revision).toBeGreaterThan(0);
      expect(await other().write("u1", { name: "b" }, 0)).toBeUndefined();
      expect(await other().read("u1")).toEqual({ kind: "value", revision, value: { name: "a" } });
    });

    it("takes a value over the newest revision only", async () => {
      const first = (await keys().write("u2", { name: "a" }, 0)) ?? 0;
      const second = (await other().write("u2", { name: "b" }, first)) ?? 0;
      expect(second).toBeGreaterThan(first);
      expect(await keys().write("u2", { name: "c" }, first)).toBeUndefined();
      expect(await keys().read("u2")).toEqual({ kind: "value", revision: second, value: { name: "b" } });
    });

    it("gives back what still has its revision, and leaves a mark that can be written over", async () => {
      const first = (await keys().write("u3", { name: "a" }, 0)) ?? 0;
      const second = (await keys().write("u3", { name: "b" }, first)) ?? 0;
      for (const old of [first, 0]) await keys().remove("u3", old);
      expect((await keys().read("u3")).kind).toBe("value");
      await keys().remove("u3", second);
      const seen = await other().read("u3");
      expect(seen.kind).toBe("given-back");
      expect(await other().write("u3", { name: "c" }, 0)).toBeUndefined();
      const mark = seen.kind === "given-back" ? seen.revision : 0;
      expect(await other().write("u3", { name: "c" }, mark)).toBeGreaterThan(mark);
    });

    it("tells how long values last, and forgets those that are not written anew", async () => {
      const lasts = await keys().lifetime();
      expect(lasts).toBe(1000);
      await keys().write("u4", { name: "a" }, 0);
      await expect.poll(async () => (await keys().read("u4")).kind, { timeout: 5000 }).toBe("nothing");
      expect(await other().write("u4", { name: "b" }, 0)).toBeGreaterThan(0);
    });
  });
}
