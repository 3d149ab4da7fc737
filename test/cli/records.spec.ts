import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eventsOf } from "../faults/support/audit-file.ts";
import { until } from "../faults/support/until.ts";
import { lastJson, startStation, station } from "./station-process.ts";
import { callMain } from "./support/call-main.ts";
import { PATIENCE, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

type Cells = Readonly<Record<string, string | number | null>>;

let line: TrayLine;
let batches: readonly string[];

// Two batches: two units that pass for Ann, with serials; one that fails, for a name that a spreadsheet would run.
beforeAll(async () => {
  line = await TrayLine.start(4, ["--fault", "3=keygen-fail", "--fault", "4=slow:2000@/CMNG=0/"]);
  line.write("serials.csv", "1,=SN(1)\n2,SN-2\n");
  const ann = await line.run("a.db", ["--slots", "1,2", "--operator", "Ann", "--serials", line.path("serials.csv")]);
  const formula = await line.run("a.db", ["--slots", "3", "--operator", '=HYPERLINK("x")']);
  batches = [ann.object.batch, formula.object.batch];
});

afterAll(() => line.stop());

/** Rows of table `run` as the `sqlite3` program reads them. */
function runs(where = "1"): readonly Cells[] {
  const query = `SELECT * FROM run WHERE ${where}`;
  const out = execFileSync("sqlite3", ["-json", line.path("a.db"), query], { encoding: "utf8" });
  return out.trim() === "" ? [] : comparable(JSON.parse(out) as Cells[]);
}

/**
 * Rows that can be compared: the program prints 15 digits of a number, an export all of them; runs that began in the same
 * millisecond have no order of their own.
 */
function comparable(rows: readonly Cells[]): readonly Cells[] {
  return rows
    .map((row): Cells => ({ ...row, elapsed_ms: Number(Number(row["elapsed_ms"]).toFixed(3)) }))
    .sort((a, b) => String(a["id"]).localeCompare(String(b["id"])));
}

async function exported(format: string, filters: readonly string[] = []): Promise<string> {
  const out = line.path(`out.${format}`);
  const argv = ["export", "--audit", line.path("a.db"), "--format", format, "--out", out, "--json", ...filters];
  const { code, stdout, stderr } = await callMain(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const object = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect(Object.keys(object)).toEqual(["out", "manifest", "rows", "sha256", "signature"]);
  expect(object).toMatchObject({ out, manifest: `${out}.manifest.json`, signature: "export" });
  return readFileSync(out, "utf8");
}

/** The rows of a CSV as a database has them: texts without the apostrophe that defuses formulas, empty cells as null. */
function csvRows(text: string): readonly Cells[] {
  const rows = parse(text, { columns: true, record_delimiter: "\r\n" }) as unknown as Readonly<
    Record<string, string>
  >[];
  const plain = (name: string, cell: string): string | number | null => {
    if (cell === "") return null;
    return ["elapsed_ms", "again", "training"].includes(name) ? Number(cell) : cell.replace(/^'/, "");
  };
  const cells = (row: Readonly<Record<string, string>>): Cells =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plain(name, cell)]));
  return comparable(rows.map(cells));
}

/** The rows of JSON Lines as a database has them. */
function jsonRows(text: string): readonly Cells[] {
  const rows = text.split("\n").filter((each) => each !== "");
  return comparable(rows.map((row) => numbersForTruth(JSON.parse(row) as Readonly<Record<string, unknown>>)));
}

function numbersForTruth(row: Readonly<Record<string, unknown>>): Cells {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "boolean" ? Number(value) : value]),
  ) as Cells;
}

describe("an export", () => {
  it("holds every run, every column, as the sqlite3 program reads the database", async () => {
    expect(runs()).toHaveLength(3);
    expect(csvRows(await exported("csv"))).toEqual(runs());
    expect(jsonRows(await exported("jsonl"))).toEqual(runs());
  });

  it("defuses in CSV what a spreadsheet would run, and keeps it as it is in JSON Lines", async () => {
    const csv = await exported("csv");
    expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv).toContain(",'=SN(1),");
    expect(csv).not.toMatch(/(?:^|,)"?[=+@-]/m);
    expect(await exported("jsonl")).toContain('"operator":"=HYPERLINK(\\"x\\")"');
  });

  it.each<[string, (rows: readonly Cells[]) => readonly string[], string]>([
    ["batch", () => ["--batch", batches[1] ?? ""], "slot = '3'"],
    ["outcome", () => ["--outcome", "PASS"], "outcome = 'PASS'"],
    ["outcome without runs", () => ["--outcome", "ABORTED"], "outcome = 'ABORTED'"],
    ["code", ([, , failed]) => ["--code", String(failed?.["code"])], "outcome = 'FAIL'"],
    ["operator", () => ["--operator", "Ann"], "operator = 'Ann'"],
    ["recipe", () => ["--recipe", "Training board 1"], "recipe = 'Training board 1'"],
    ["another recipe", () => ["--recipe", "Training board"], "0"],
    ["device UUID", ([, second]) => ["--unit", String(second?.["uuid"]).toUpperCase()], "slot = '2'"],
    ["IMEI", ([, second]) => ["--unit", String(second?.["imei"])], "slot = '2'"],
    ["board serial", () => ["--unit", "=SN(1)"], "slot = '1'"],
    ["beginning", (rows) => ["--from", String(rows[2]?.["started_at"])], "slot = '3'"],
    ["end", (rows) => ["--to", String(rows[1]?.["started_at"])], "slot <> '3'"],
    ["a day in the past", () => ["--to", "2020-01-01"], "0"],
    ["two filters", () => ["--operator", "Ann", "--outcome", "FAIL"], "0"],
  ])("holds the runs of its filter: %s", async (_name, filters, where) => {
    // The slots 1 and 2 began in the same millisecond; their order is that of their ids.
    const rows = [...runs()].sort((a, b) => String(a["slot"]).localeCompare(String(b["slot"])));
    expect(csvRows(await exported("csv", filters(rows)))).toEqual(runs(where));
    expect(jsonRows(await exported("jsonl", filters(rows)))).toEqual(runs(where));
  });
});

describe("an export beside a station that runs", () => {
  it("carries the newest signed head, and the run in progress without an outcome", async () => {
    const running = startStation(line.runArguments("running.db", ["--slots", "4"]), line.environment);
    const isWriting = (): boolean =>
      existsSync(line.path("running.db")) &&
      eventsOf(line.path("running.db")).some(({ command }) => /CMNG 0/.test(command?.text ?? ""));
    await until("the modem is being written", isWriting);
    const out = line.path("running.jsonl");
    const argv = ["export", "--audit", line.path("running.db"), "--format", "jsonl", "--out", out, "--json"];
    const { code, stdout } = await callMain(argv);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, rows: 1, signature: "chain" });
    expect(jsonRows(readFileSync(out, "utf8"))).toMatchObject([{ slot: "4", outcome: null, finished_at: null }]);
    // Only the writer of a database has the key to sign with: whoever asks for a signature gets none.
    expect(JSON.parse((await callMain(["verify", out, "--json"])).stdout)).toMatchObject({
      ok: false,
      misfit: { table: "manifest", what: expect.stringContaining("not signed") as string },
    });
    expect(await callMain(["verify", out, "--accept-unsigned"])).toMatchObject({ code: 0 });
    expect(await callMain(["verify", line.path("running.db")])).toMatchObject({ code: 0 });
    const second = await line.run("running.db", ["--slots", "1"]);
    expect(second).toMatchObject({ code: 2, object: { error: { code: "audit.in-use" } } });
    expect(await running.ended).toMatchObject({ code: 0 });
  });
});

describe("station verify", () => {
  const verify = async (
    file: string,
  ): Promise<{ readonly code: number; readonly verdict: Readonly<Record<string, unknown>> }> => {
    const { code, stdout, stderr } = await callMain(["verify", file, "--json"]);
    expect(stderr).toBe("");
    return { code, verdict: JSON.parse(stdout) as Readonly<Record<string, unknown>> };
  };

  it("passes the database and both exports, by their own names or their manifests'", async () => {
    await exported("csv");
    await exported("jsonl");
    const database = await station(["verify", line.path("a.db"), "--json"]);
    expect(database).toMatchObject({ code: 0, stderr: "" });
    expect(lastJson(database)).toMatchObject({ ok: true, kind: "database", runs: 3, batches: 2, headFile: "present" });
    const { key } = lastJson(database) as { readonly key: string };
    expect(await callMain(["verify", line.path("a.db"), "--key", key])).toMatchObject({ code: 0 });
    expect(await callMain(["verify", line.path("out.csv"), "--key", key.toLowerCase()])).toMatchObject({ code: 1 });
    for (const name of ["out.csv", "out.jsonl", "out.csv.manifest.json"])
      expect(await verify(line.path(name))).toMatchObject({ code: 0, verdict: { ok: true, kind: "export", rows: 3 } });
    expect((await callMain(["verify", line.path("out.csv")])).stdout).toMatch(/^3 rows fit/);
  });

  it.each<[string, (text: string) => string, number]>([
    ["a cell", (text) => text.replace("FAIL", "PASS"), 3],
    ["a row that is missing", (text) => text.split("\r\n").toSpliced(2, 1).join("\r\n"), 2],
    ["a row more", (text) => `${text}${text.split("\r\n")[1] ?? ""}\r\n`, 4],
    ["two rows that changed places", (text) => swapped(text), 1],
  ])("names the row of an export that does not fit: %s", async (_name, change, row) => {
    const [csv, file] = [await exported("csv"), line.path("changed.csv")];
    writeFileSync(file, change(csv));
    copyFileSync(line.path("out.csv.manifest.json"), `${file}.manifest.json`);
    const { code, verdict } = await verify(file);
    expect(code).toBe(1);
    expect(verdict).toMatchObject({
      ok: false,
      kind: "export",
      misfit: { row: expect.stringContaining(String(row)) as string },
    });
  });

  it("refuses an export whose manifest was changed, or is not there", async () => {
    const [csv, file] = [await exported("csv"), line.path("moved.csv")];
    writeFileSync(file, csv);
    expect(await verify(file)).toMatchObject({ code: 1, verdict: { ok: false, misfit: { table: "file" } } });
    const manifest = line.read("out.csv.manifest.json");
    writeFileSync(`${file}.manifest.json`, manifest.replace('"rows": 3', '"rows": 2'));
    expect(await verify(file)).toMatchObject({ code: 1, verdict: { ok: false, kind: "export" } });
  });

  it.each<[string, string, string, string]>([
    [
      "an outcome",
      "run",
      "UPDATE run SET outcome = 'PASS', code = NULL WHERE slot = '3'",
      "SELECT id FROM run WHERE slot = '3'",
    ],
    ["an event", "event", "UPDATE event SET body = replace(body, 'Ann', 'Bob') WHERE position = 5", "SELECT 5"],
    ["a missing event", "event", "DELETE FROM event WHERE position = 7", "SELECT 7"],
    ["a cut tail", "", "DELETE FROM event WHERE position > 40", "SELECT ''"],
    ["an operator", "run", "UPDATE run SET operator = 'Bob' WHERE slot = '1'", "SELECT id FROM run WHERE slot = '1'"],
  ])("names the row of a database that was changed: %s", async (_name, table, change, which) => {
    const file = line.path("tampered.db");
    for (const ending of ["", ".head"]) copyFileSync(`${line.path("a.db")}${ending}`, `${file}${ending}`);
    const db = new Database(file);
    const triggers = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
    for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger}`);
    db.pragma("foreign_keys = OFF");
    expect(db.prepare(change).run().changes).toBeGreaterThan(0);
    const row = String(db.prepare(which).pluck().get());
    db.close();
    const { code, verdict } = await verify(file);
    expect({ code, ok: verdict["ok"], kind: verdict["kind"] }).toEqual({ code: 1, ok: false, kind: "database" });
    const { misfit } = verdict as { readonly misfit: Readonly<Record<string, string>> };
    expect(misfit["table"]).toContain(table);
    expect(misfit["row"]).toContain(row);
    expect((await callMain(["verify", file])).stdout).toMatch(/^does not fit: /);
  });
});

function swapped(text: string): string {
  const [head = "", one = "", two = "", ...rest] = text.split("\r\n");
  return [head, two, one, ...rest].join("\r\n");
}
