import Database from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import { CommitQueue } from "../../src/audit/commit-queue.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { failureOf } from "./samples.ts";

describe("CommitQueue", () => {
  let db: Database.Database;
  let clock: VirtualClock;
  let rollbacks: number;
  let queue: CommitQueue;
  let persist: () => Promise<void>;
  const count = (): unknown => db.prepare("SELECT count(*) FROM t").pluck().get();
  const insert = (value: number) => (): number => {
    db.prepare("INSERT INTO t VALUES (?)").run(value);
    return value;
  };

  beforeEach(() => {
    db = new Database(":memory:");
    db.exec("CREATE TABLE t (n INTEGER UNIQUE)");
    clock = new VirtualClock();
    rollbacks = 0;
    persist = () => Promise.resolve();
    const onRollback = (): number => (rollbacks += 1);
    queue = new CommitQueue(db, { clock, window: milliseconds(4), limit: 10, onRollback, persist: () => persist() });
  });

  it("keeps grouped work until the window is over, then commits all of it at once", async () => {
    const done = Promise.all([queue.submit(insert(1), "grouped"), queue.submit(insert(2), "grouped")]);
    await clock.advance(milliseconds(3));
    expect(count()).toBe(0);
    await clock.advance(milliseconds(1));
    expect(await done).toEqual([1, 2]);
    expect(count()).toBe(2);
  });

  it("takes what waits along with prompt work, in order, without waiting for the window", async () => {
    const order: number[] = [];
    const work = (value: number) => (): void => void order.push(value);
    await Promise.all([
      ...[queue.submit(work(1), "grouped"), queue.submit(work(2), "prompt"), queue.submit(work(3), "grouped")],
    ]);
    expect(order).toEqual([1, 2, 3]);
    expect(clock.untilNext()).toBeUndefined();
  });

  it("rejects a refused piece alone and undoes what it had written", async () => {
    const refused = queue.submit(() => {
      insert(7)();
      throw new StationError("audit.gap", "refused");
    }, "prompt");
    const taken = queue.submit(insert(1), "prompt");
    expect(await failureOf(refused)).toMatchObject({ code: "audit.gap" });
    expect(await taken).toBe(1);
    expect(db.prepare("SELECT n FROM t").pluck().all()).toEqual([1]);
    expect(rollbacks).toBe(1);
  });

  it("takes a broken constraint for the fault of one piece", async () => {
    const results = await Promise.allSettled([1, 1, 2].map((value) => queue.submit(insert(value), "prompt")));
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("rejects the whole group when the database fails, and works again when it is well", async () => {
    db.exec("PRAGMA query_only = ON");
    const results = [queue.submit(insert(1), "prompt"), queue.submit(insert(2), "prompt")].map((each) =>
      failureOf(each),
    );
    expect((await Promise.all(results)).map((failure) => failure.code)).toEqual([
      "audit.unwritable",
      "audit.unwritable",
    ]);
    db.exec("PRAGMA query_only = OFF");
    expect(await queue.submit(insert(3), "prompt")).toBe(3);
    expect(count()).toBe(1);
  });

  it("refuses work beyond its limit and names the limit", async () => {
    const taken = Array.from({ length: 10 }, (_, index) => queue.submit(insert(index), "grouped"));
    expect(await failureOf(queue.submit(insert(11), "grouped"))).toMatchObject({
      code: "audit.busy",
      facts: { limit: { value: 10, unit: "items" } },
    });
    queue.flush();
    await expect(Promise.all(taken)).resolves.toHaveLength(10);
  });

  describe("while commits are held back", () => {
    it("takes work, and commits what is due behind it", async () => {
      const held = { end: (): void => undefined };
      const hold = queue.hold(() => new Promise<void>((resolve) => (held.end = resolve)));
      const done = Promise.all([queue.submit(insert(1), "grouped"), queue.submit(insert(2), "prompt")]);
      await clock.advance(milliseconds(100));
      await new Promise((resolve) => setImmediate(resolve));
      expect(count()).toBe(0);
      held.end();
      await hold;
      expect(count()).toBe(2);
      expect(await done).toEqual([1, 2]);
    });

    it("goes on after 250 ms, and commits at once what is to be flushed", async () => {
      const never = queue.hold(() => new Promise<void>(() => undefined));
      void queue.submit(insert(1), "prompt");
      await clock.advance(milliseconds(100));
      queue.flush();
      expect(count()).toBe(1);
      void queue.submit(insert(2), "grouped");
      await clock.advance(milliseconds(149));
      expect(count()).toBe(1);
      await clock.advance(milliseconds(1));
      expect(count()).toBe(2);
      expect(never).toBeInstanceOf(Promise);
    });

    it("goes on where the work fails", async () => {
      const hold = queue.hold(() => Promise.reject(new Error("no checkpoint")));
      const done = queue.submit(insert(1), "prompt");
      await expect(hold).rejects.toThrow("no checkpoint");
      expect(await done).toBe(1);
    });
  });

  describe("with a disk that takes its time", () => {
    let reached: { readonly resolve: () => void; readonly reject: (error: Error) => void }[];
    beforeEach(() => {
      reached = [];
      persist = () => new Promise((resolve, reject) => reached.push({ resolve, reject }));
    });
    const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    it("tells nobody of a commit before it is on the disk", async () => {
      let told = false;
      const done = queue.submit(insert(1), "prompt").then(() => (told = true));
      await nextTurn();
      expect(count()).toBe(1);
      expect(told).toBe(false);
      reached[0]?.resolve();
      await done;
      expect(told).toBe(true);
    });

    it("goes on committing meanwhile, and counts what waits for the disk against its limit", async () => {
      const taken = Array.from({ length: 10 }, (_, index) => queue.submit(insert(index), "grouped"));
      queue.flush();
      expect(count()).toBe(10);
      expect(await failureOf(queue.submit(insert(11), "grouped"))).toMatchObject({ code: "audit.busy" });
      reached[0]?.resolve();
      await Promise.all(taken);
      const next = queue.submit(insert(11), "prompt");
      await nextTurn();
      reached[1]?.resolve();
      expect(await next).toBe(11);
    });

    it("takes nothing more once the disk has failed, as nobody knows what is on it", async () => {
      const broken = Object.assign(new Error("i/o error"), { code: "EIO" });
      const lost = failureOf(queue.submit(insert(1), "prompt"));
      await nextTurn();
      const alsoLost = failureOf(queue.submit(insert(2), "prompt"));
      await nextTurn();
      reached[0]?.reject(broken);
      reached[1]?.resolve();
      expect(await lost).toMatchObject({ code: "audit.unwritable", facts: { reason: "EIO" } });
      expect(await alsoLost).toMatchObject({ code: "audit.unwritable" });
      expect(await failureOf(queue.submit(insert(3), "prompt"))).toMatchObject({ code: "audit.unwritable" });
      expect(count()).toBe(2);
    });

    it("drains: waits for the disk too", async () => {
      let drained = false;
      const done = queue.submit(insert(1), "grouped");
      const drain = queue.drain().then(() => (drained = true));
      await nextTurn();
      expect(drained).toBe(false);
      reached[0]?.resolve();
      await Promise.all([done, drain]);
      expect(drained).toBe(true);
    });
  });
});
