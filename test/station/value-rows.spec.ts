import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import { StationError } from "../../src/core/error.ts";
import { ValueTable } from "../../src/station/files/value-table.ts";
import { resolveRecipe } from "../../src/station/files/recipe-file.ts";
import { ValueBook } from "../../src/station/value-book.ts";
import { Station } from "../../src/station/station.ts";
import { FakeWorkerHost } from "../fakes/fake-worker-host.ts";
import { MemoryAuditStore } from "../fakes/memory-audit-store.ts";
import { StartRequestSchema } from "../../src/contract/station-request.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import type { Duration } from "../../src/core/duration.ts";
import { passing, stationFiles, uuidOf } from "./station-rig.ts";

const PSK = "00112233445566778899aabbccddeeff";

function table(key: "next" | "boardSerial" | "imei", rows: number, psk = PSK): ValueTable {
  const file = { sha256: "0".repeat(64), length: 1, rows, columns: ["serial", "psk"], column: "serial" };
  const cells = Array.from({ length: rows }, (_, index) => [`A${index + 1}`, psk]);
  return new ValueTable({ source: "Board:values.csv", key, file, ignore: [], rows: cells });
}

const unit = (number: number, boardSerial?: string) => ({
  uuid: uuidOf(String(number)) as never,
  imei: "352656100367872" as never,
  ...(boardSerial === undefined ? {} : { boardSerial }),
});

const bookOf = (of: ValueTable, store = new MemoryAuditStore()) => new ValueBook(of, of.source, store);

function codeOf(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return error instanceof StationError ? error.code : "other";
  }
}

describe("the rows of a value file", () => {
  it("go to one unit each, the same unit getting its own again, until none is left", () => {
    const book = bookOf(table("next", 2));
    expect([1, 2, 1, 2].map((number) => book.take(unit(number)).use.row)).toEqual(["A1", "A2", "A1", "A2"]);
    expect(codeOf(() => book.take(unit(3)))).toBe("values.exhausted");
  });

  it("are free again when the record did not take them", () => {
    const book = bookOf(table("next", 1));
    book.take(unit(1)).undo();
    expect(book.take(unit(2)).use.row).toBe("A1");
    expect(codeOf(() => book.take(unit(1)))).toBe("values.exhausted");
  });

  it("are found by the label, and refused to another unit with the same label", () => {
    const book = bookOf(table("boardSerial", 2));
    expect(book.take(unit(1, "A2")).values).toEqual({ serial: "A2", psk: PSK });
    expect(codeOf(() => book.take(unit(2, "A2")))).toBe("values.row-taken");
    expect(codeOf(() => book.take(unit(2, "A9")))).toBe("values.no-row");
    expect(codeOf(() => book.take(unit(2)))).toBe("values.no-serial");
    expect(codeOf(() => book.take(unit(1, "A1")))).toBe("values.other-label");
    expect(book.take(unit(1)).use.row).toBe("A2");
  });

  it("stay with their units over restarts, and must stay as they were", async () => {
    const rig = station("next", 2);
    await rig.run();
    const again = (psk?: string) => new ValueBook(table("next", 2, psk), "Board:values.csv", rig.store);
    expect(again().take(unit(2)).use.row).toBe("A2");
    expect(codeOf(() => again("ff".repeat(16)).take(unit(1)))).toBe("values.row-changed");
    expect(again().valuesOf(unit(9))).toBeUndefined();
  });
});

/** A station with two slots whose recipe has a value file. */
function station(key: "next" | "imei", rows: number, simulated = false) {
  const recipe = RecipeSchema.parse({
    ...{ recipe: 1, product: "Board", revision: "1" },
    values: { file: "values.csv", key, column: "serial", secret: ["psk"] },
    commands: [{ preSharedKey: { secTag: 1, identity: "{{serial}}", key: { column: "psk" } } }],
  });
  const values = table(key, rows);
  const clock = new VirtualClock();
  const store = new MemoryAuditStore();
  const host = new FakeWorkerHost(passing);
  const bytes = { count: 0 };
  const opened = Station.open({
    files: {
      ...stationFiles(2),
      recipe: resolveRecipe(recipe, { files: new Map(), secrets: new Map() }, values.file),
      values,
      ...(simulated ? { simulated: true as const } : {}),
    },
    ...{ store, host, clock },
    random: (count) => createHash("sha512").update(String(bytes.count++)).digest().subarray(0, count),
  });
  const run = async (): Promise<void> => {
    const { done } = await opened.start(StartRequestSchema.parse({ again: true }));
    for (let round = 0; round < 20; round++) await clock.advance(0 as Duration);
    await done;
  };
  return { store, host, run };
}

describe("two slots at the same moment", () => {
  it("never get one row, and each worker sees its own alone", async () => {
    const { store, host, run } = station("next", 5);
    await run();
    const used = store.usedRows("Board:values.csv");
    expect(used.map(({ row }) => row)).toEqual(["A1", "A2"]);
    expect(new Set(used.map(({ uuid }) => uuid)).size).toBe(2);
    const sent = host.workers.map((worker) => JSON.stringify(worker.told));
    expect(sent.filter((text) => text.includes('"A1"'))).toHaveLength(1);
    expect(sent.filter((text) => text.includes('"A2"'))).toHaveLength(1);
    expect(sent.some((text) => text.includes('"A3"'))).toBe(false);
    expect(JSON.stringify(store.events)).not.toContain(PSK);
    await run();
    expect(store.usedRows("Board:values.csv")).toEqual(used);
  });

  it("end with their own code when the rows are used up; a refused unit takes none", async () => {
    const { store, run } = station("next", 1);
    await run();
    const ends = store.events.flatMap((event) => (event.type === "run.finished" ? [event.error?.code ?? "PASS"] : []));
    expect(ends.sort()).toEqual(["PASS", "values.exhausted"]);
    expect(store.usedRows("Board:values.csv")).toHaveLength(1);
  });

  it("take no rows of real boards when they are simulated", async () => {
    const { store, run } = station("next", 5, true);
    await run();
    expect(store.usedRows("Board:values.csv")).toEqual([]);
    expect(store.usedRows("*simulated*:Board:values.csv")).toHaveLength(2);
  });
});
