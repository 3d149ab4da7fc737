import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import {
  announced,
  at,
  batchId,
  batchStart,
  event,
  failureOf,
  finished,
  identified,
  note,
  RECIPE_TEXT,
  runId,
  uuidOf,
  verified,
  wholeRun,
} from "./samples.ts";

/** A store under test and what to do when the test is over. */
export type StoreRig = { readonly store: AuditStore; readonly dispose: () => Promise<void> };

/** What every audit store promises (audit-store.ts); run against the real one and against the fake. */
export function auditStoreContract(name: string, make: () => Promise<StoreRig>): void {
  describe(`${name}: the contract of an audit store`, () => {
    let rig: StoreRig;
    beforeEach(async () => {
      rig = await make();
    });
    afterEach(() => rig.dispose());

    const complete = async (count: number, time: number): Promise<void> => {
      await rig.store.startBatch(batchStart(count, { first: count, time }));
      for (const each of wholeRun(count, "PASS", undefined, "1", time)) await rig.store.append(each);
    };

    it("has an identity", () => {
      expect(rig.store.stationId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it("records a batch from start to summary", async () => {
      await rig.store.startBatch(batchStart(1, { slots: 4 }));
      const ends = [
        finished(),
        finished("FAIL", "at.timeout"),
        finished("ERROR", "link.lost"),
        finished("ABORTED", "station.aborted"),
      ];
      await Promise.all(ends.map((end, index) => rig.store.append(event(index + 1, 1, end, String(index + 1)))));
      expect(await rig.store.finishBatch(batchId(1), at(9), 4.5)).toEqual({
        ...{ batch: batchId(1), units: 4, pass: 1, fail: 1, error: 1, aborted: 1, seconds: 4.5 },
      });
    });

    it("takes the same batch, event and batch end twice without harm", async () => {
      await rig.store.startBatch(batchStart());
      await rig.store.startBatch(batchStart());
      const events = wholeRun(1);
      for (const each of [...events, ...events]) await rig.store.append(each);
      const summary = await rig.store.finishBatch(batchId(1), at(9), 1);
      expect(await rig.store.finishBatch(batchId(1), at(9), 1)).toEqual(summary);
      expect(summary).toMatchObject({ units: 1, pass: 1 });
    });

    it("takes a repeat whose members come in another order", async () => {
      await rig.store.startBatch(batchStart());
      const original = event(1, 1, note("hello"));
      await rig.store.append(original);
      const shuffled = Object.fromEntries(Object.entries(original).reverse()) as typeof original;
      await expect(rig.store.append(shuffled)).resolves.toBeUndefined();
    });

    it("refuses another content under a number that is taken", async () => {
      await rig.store.startBatch(batchStart());
      await rig.store.append(event(1, 1, note("one")));
      expect(await failureOf(rig.store.append(event(1, 1, note("other"))))).toMatchObject({
        code: "audit.conflict",
        facts: { run: runId(1), seq: 1 },
      });
    });

    it("refuses another batch under an id that is taken", async () => {
      await rig.store.startBatch(batchStart(1));
      expect(await failureOf(rig.store.startBatch(batchStart(1, { slots: 2 })))).toMatchObject({
        code: "audit.conflict",
      });
    });

    it("refuses a run id that an earlier batch used", async () => {
      await rig.store.startBatch(batchStart(1));
      expect(await failureOf(rig.store.startBatch(batchStart(2)))).toMatchObject({ code: "audit.conflict" });
    });

    it("refuses an event that leaves a gap, and says which number it expected", async () => {
      await rig.store.startBatch(batchStart());
      expect(await failureOf(rig.store.append(event(1, 2, note("two"))))).toMatchObject({
        code: "audit.gap",
        facts: { seq: 2, expected: 1 },
      });
    });

    it("refuses an event of a run that was never started", async () => {
      expect(await failureOf(rig.store.append(event(7, 1, note("?"))))).toMatchObject({ code: "audit.unknown" });
    });

    it("refuses events after the end of a run", async () => {
      await rig.store.startBatch(batchStart());
      await rig.store.append(event(1, 1, finished()));
      expect(await failureOf(rig.store.append(event(1, 2, note("late"))))).toMatchObject({ code: "audit.over" });
    });

    it("refuses the end of a batch whose runs are in progress, or that does not exist", async () => {
      await rig.store.startBatch(batchStart());
      expect(await failureOf(rig.store.finishBatch(batchId(1), at(9), 1))).toMatchObject({ code: "audit.open-runs" });
      expect(await failureOf(rig.store.finishBatch(batchId(2), at(9), 1))).toMatchObject({ code: "audit.unknown" });
    });

    it("refuses a recipe whose text does not have its digest", async () => {
      const start = { ...batchStart(), recipeText: `${RECIPE_TEXT} ` };
      expect(await failureOf(rig.store.startBatch(start))).toMatchObject({ code: "audit.recipe" });
    });

    it("refuses a record with a private key and names its kind, not its content", async () => {
      await rig.store.startBatch(batchStart());
      const leak = note("-----BEGIN EC PRIVATE KEY-----\r\nMHcCAQEEIB\r\n");
      const failure = await failureOf(rig.store.append(event(1, 1, leak)));
      expect(failure).toMatchObject({ code: "audit.secret", facts: { found: "private key (PEM)" } });
      expect(JSON.stringify(failure.facts)).not.toContain("MHcC");
    });

    it("gives a row of a value file to one unit in the transaction of its event, again and again", async () => {
      await rig.store.startBatch(batchStart(1, { slots: 2 }));
      const use = { source: "Tracker:values.csv", row: "A1", sha256: "1".repeat(64) };
      await rig.store.append(event(1, 1, identified(1)), use);
      await rig.store.append(event(1, 2, identified(1)), use);
      await rig.store.append(event(1, 1, identified(1)), use);
      expect(rig.store.usedRows(use.source)).toEqual([{ row: "A1", sha256: use.sha256, uuid: uuidOf(1) }]);
      expect(rig.store.usedRows("Tracker:other.csv")).toEqual([]);
    });

    it("writes neither event nor row when another unit has the row, or the unit another row", async () => {
      await rig.store.startBatch(batchStart(1, { slots: 2 }));
      const use = { source: "Tracker:values.csv", row: "A1", sha256: "1".repeat(64) };
      await rig.store.append(event(1, 1, identified(1)), use);
      expect(await failureOf(rig.store.append(event(2, 1, identified(2), "2"), use))).toMatchObject({
        code: "values.used",
        facts: { row: "A1", uuid: uuidOf(2), holder: uuidOf(1) },
      });
      const second = { ...use, row: "A2" };
      expect(await failureOf(rig.store.append(event(1, 2, identified(1)), second))).toMatchObject({
        code: "values.used",
      });
      expect(rig.store.usedRows(use.source)).toHaveLength(1);
      await expect(rig.store.append(event(2, 1, identified(2), "2"), second)).resolves.toBeUndefined();
      await expect(rig.store.append(event(1, 2, note("on")))).resolves.toBeUndefined();
      expect(rig.store.usedRows(use.source)).toHaveLength(2);
    });

    it("goes on after a refused event", async () => {
      await rig.store.startBatch(batchStart());
      await failureOf(rig.store.append(event(1, 5, note("gap"))));
      await expect(rig.store.append(event(1, 1, note("fine")))).resolves.toBeUndefined();
    });

    it("keeps the order in which events of one run were handed in, without waiting between them", async () => {
      await rig.store.startBatch(batchStart());
      const bodies = [identified(1), announced(1), note("a"), note("b"), finished()];
      const appended = bodies.map((body, index) => rig.store.append(event(1, index + 1, body)));
      await expect(Promise.all(appended)).resolves.toHaveLength(5);
    });

    it("keeps the newest value of a device's setting, apart from other devices'", async () => {
      await rig.store.startBatch(batchStart());
      await rig.store.putSetting(uuidOf(1), "provisioning/interval-sec", "60", runId(1));
      await rig.store.putSetting(uuidOf(1), "provisioning/interval-sec", "90", runId(1));
      await rig.store.putSetting(uuidOf(2), "__proto__", "x", runId(1));
      expect(rig.store.settingsOf(uuidOf(1))).toEqual({ "provisioning/interval-sec": "90" });
      expect(Object.entries(rig.store.settingsOf(uuidOf(2)))).toEqual([["__proto__", "x"]]);
      expect(rig.store.settingsOf(uuidOf(3))).toEqual({});
    });

    it("refuses a setting of a run that does not exist", async () => {
      expect(await failureOf(rig.store.putSetting(uuidOf(1), "a", "b", runId(1)))).toMatchObject({
        code: "audit.unknown",
      });
    });

    it("names the newest PASS of a unit, and none for a unit that only failed", async () => {
      await complete(1, 0);
      await rig.store.startBatch(batchStart(2, { first: 2, time: 100 }));
      const again = [identified(1), finished()].map((body, index) => event(2, index + 1, body, "1", 101 + index));
      for (const each of again) await rig.store.append(each);
      await rig.store.startBatch(batchStart(3, { first: 3, time: 200 }));
      for (const each of wholeRun(3, "FAIL", "at.timeout", "1", 200)) await rig.store.append(each);
      expect(rig.store.passedBefore(uuidOf(1))).toEqual({ runId: runId(2), finishedAt: at(102), recipe: "Tracker 3" });
      expect(rig.store.passedBefore(uuidOf(3))).toBeUndefined();
    });

    it("counts no proof and no golden check as passed, however it ended", async () => {
      for (const [index, purpose] of (["proof", "golden", "golden-learn"] as const).entries()) {
        await rig.store.startBatch(batchStart(index + 1, { first: index + 1, time: index * 100, purpose }));
        const bodies = [identified(1), verified("match"), finished()];
        for (const [seq, body] of bodies.entries())
          await rig.store.append(event(index + 1, seq + 1, body, "1", index * 100 + seq + 1));
      }
      expect(rig.store.passedBefore(uuidOf(1))).toBeUndefined();
      expect(rig.store.unitHistory(uuidOf(1))).toEqual({ begun: false });
      expect(rig.store.goldenCheck("Bench A")).toMatchObject({ runId: runId(2), outcome: "PASS", finishedAt: at(103) });
      expect(rig.store.goldenCheck("Bench B")).toBeUndefined();
    });

    it("tells what the newest run with commands found in a unit, while nothing has been done to it since", async () => {
      await rig.store.startBatch(batchStart());
      const bodies = [identified(1), announced(1), verified("match"), verified("missing", 8), finished()];
      for (const [index, body] of bodies.entries()) await rig.store.append(event(1, index + 1, body));
      const proved = { runId: runId(1), finishedAt: at(5), recipe: "Tracker 3" };
      expect(rig.store.unitHistory(uuidOf(1))).toEqual({
        ...{ begun: true },
        proved: { ...proved, credentials: [{ secTag: 7, credential: 0, sha256: "b".repeat(64) }] },
      });
      expect(rig.store.unitHistory(uuidOf(2))).toEqual({ begun: false });
      await rig.store.startBatch(batchStart(2, { first: 2, time: 100 }));
      for (const each of wholeRun(1, "FAIL", "at.timeout", "1", 100))
        await rig.store.append({ ...each, runId: runId(2) });
      expect(rig.store.unitHistory(uuidOf(1))).toEqual({ begun: true });
    });

    it("answers an export with a head that grows", async () => {
      const made = { at: at(1), format: "csv", rows: 0, sha256: "0".repeat(64) } as const;
      const first = await rig.store.recordExport(made);
      await complete(1, 0);
      const second = await rig.store.recordExport({ ...made, rows: 1 });
      expect(first.hash).toMatch(/^[0-9a-f]{64}$/);
      expect(first.jws.split(".")).toHaveLength(3);
      expect(second.position).toBeGreaterThan(first.position);
      expect(second.hash).not.toBe(first.hash);
    });

    const authority = "a".repeat(64);
    const csrSha256 = "c".repeat(64);
    const signed = { authority, sha256: "d".repeat(64), subject: "CN=u", notAfter: at(9), pem: "PEM\n" };

    it("allots a serial number once a CA, for units with and without a run", async () => {
      await rig.store.startBatch(batchStart());
      const order = { authority, csrSha256, uuid: uuidOf(1), run: runId(1) };
      const { certificates } = rig.store;
      await certificates.allot({ ...order, serial: "41" });
      expect(await failureOf(certificates.allot({ ...order, serial: "41" }))).toMatchObject({
        code: "audit.serial-used",
      });
      await certificates.allot({ authority: "b".repeat(64), csrSha256, serial: "41" });
      await certificates.allot({ ...order, serial: "42" });
      expect(certificates.ofUnit(uuidOf(1)).map(({ serial }) => serial)).toEqual(["41", "42"]);
      expect(certificates.ofUnit(uuidOf(2))).toEqual([]);
      const strange = certificates.allot({ ...order, serial: "43", run: runId(9) });
      expect(await failureOf(strange)).toMatchObject({ code: "audit.unknown" });
    });

    it("of many orders at once for one number allots it to one", async () => {
      const order = { authority, csrSha256, serial: "44" };
      const ends = await Promise.allSettled([1, 2, 3, 4].map(() => rig.store.certificates.allot(order)));
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("records the certificate of an allotted number once, and finds it for the same request, unit and run", async () => {
      await rig.store.startBatch(batchStart());
      const order = { authority, csrSha256, uuid: uuidOf(1), run: runId(1) };
      const { certificates } = rig.store;
      await certificates.allot({ ...order, serial: "41" });
      expect(certificates.find(order)).toBeUndefined();
      await certificates.record({ ...signed, serial: "41" });
      await certificates.record({ ...signed, serial: "41" });
      expect(certificates.find(order)).toEqual({ ...signed, serial: "41" });
      for (const other of [{ uuid: uuidOf(2) }, { csrSha256: "e".repeat(64) }, { authority: "b".repeat(64) }])
        expect(certificates.find({ ...order, ...other })).toBeUndefined();
      expect(certificates.find({ authority, csrSha256, uuid: uuidOf(1) })).toBeUndefined();
      const other = { ...signed, serial: "41", sha256: "e".repeat(64) };
      expect(await failureOf(certificates.record(other))).toMatchObject({ code: "audit.conflict" });
      expect(await failureOf(certificates.record({ ...signed, serial: "45" }))).toMatchObject({
        code: "audit.unknown",
      });
    });

    it("is writable until it is closed, and closes twice without harm", async () => {
      expect(() => rig.store.assertWritable()).not.toThrow();
      await rig.store.close();
      await rig.store.close();
      expect(await failureOf(() => rig.store.assertWritable())).toMatchObject({ code: "audit.closed" });
      expect(await failureOf(rig.store.startBatch(batchStart()))).toMatchObject({ code: "audit.closed" });
    });
  });
}
