import { mkdir, readFile, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { at, batchId, batchStart, event, failureOf, finished, identified, settled, wholeRun } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

describe("verifyFile", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open();
    await store.startBatch(batchStart(1, { slots: 4 }));
    for (let run = 1; run <= 4; run++)
      for (const each of wholeRun(run, "PASS", undefined, String(run))) await store.append(each);
    await store.finishBatch(batchId(1), at(9), 1);
    await store.close();
  });
  afterEach(() => temp.dispose());

  it("names a damaged file instead of failing, wherever the damage is", async () => {
    const whole = await readFile(temp.file);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: whole.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 5000 }),
        async (offset, junk) => {
          const damaged = Buffer.from(whole);
          damaged.set(junk.subarray(0, whole.length - offset), offset);
          await writeFile(temp.file, damaged);
          const verdict = await settled(verifyFile(temp.file));
          return "ok" in verdict || ["audit.newer", "audit.unwritable"].includes(verdict.code);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("reads a database where no file can be made beside it", async () => {
    // A folder in the place of SQLite's shared memory does to it what a read-only medium does, for every user.
    await mkdir(`${temp.file}-shm`);
    expect(await verifyFile(temp.file)).toMatchObject({ ok: true, runs: 4 });
  });

  it("calls a file by its name when it is neither database nor export", async () => {
    await writeFile(temp.path("x.txt"), "hello");
    expect(await verifyFile(temp.path("x.txt"))).toMatchObject({
      ok: false,
      kind: "unknown",
      misfit: { row: "x.txt" },
    });
    expect(await failureOf(verifyFile(temp.path("absent")))).toMatchObject({ code: "audit.missing" });
  });

  it("holds for events with any text that a modem may send", async () => {
    const hostile = await TempAudit.make();
    const { store } = await hostile.open();
    const text = fc.string({ unit: "binary", maxLength: 60 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.string({ unit: "binary", minLength: 1, maxLength: 64 }),
        async (texts, serial) => {
          run += 1;
          await store.startBatch(batchStart(run, { first: run, operator: serial }));
          const started = identified(run);
          const bodies =
            started.type === "unit.identified"
              ? [{ ...started, device: { ...started.device, boardSerial: serial } }]
              : [];
          const all = [
            ...bodies,
            ...texts.map(
              (each) => ({ type: "at.exchange", command: each, reply: `${each}\r\n\u0000`, elapsedMs: 0 }) as const,
            ),
            finished(),
          ];
          for (const [index, body] of all.entries()) await store.append(event(run, index + 1, body));
          await store.finishBatch(batchId(run), at(1), 1);
        },
      ),
      { numRuns: 60 },
    );
    expect(await verifyDatabase(hostile.file)).toMatchObject({ ok: true, runs: run });
    await hostile.dispose();
  });
});
