import { execFileSync } from "node:child_process";
import { connect } from "node:net";
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { station, lastJson, type Ended } from "./station-process.ts";
import { PATIENCE, TrayLine, type TrayObject } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const TRAY_KEYS = "batch units pass fail error aborted seconds audit export ca service".split(" ");
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let line: TrayLine;
let first: Ended & { readonly object: TrayObject };

beforeAll(async () => {
  line = await TrayLine.start(3, ["--fault", "3=keygen-fail"]);
  line.write("serials.csv", "slot,serial\n1,=SN-0001\n2,SN-0002\n3,SN-0003\n");
  first = await line.run("a.db", ["--slots", "1,2"]);
});

afterAll(() => line.stop());

/** Rows as the `sqlite3` program reads them. */
function sqlite(query: string, file = "a.db"): readonly Readonly<Record<string, unknown>>[] {
  const out = execFileSync("sqlite3", ["-readonly", "-json", line.path(file), query], { encoding: "utf8" });
  return out.trim() === "" ? [] : (JSON.parse(out) as Readonly<Record<string, unknown>>[]);
}

describe("station service and station simulate", () => {
  it("print one line when they are ready", () => {
    expect(Object.keys(line.service).slice(0, 5)).toEqual(["ready", "https", "owner", "ca", "ownerKey"]);
    expect(line.service).toMatchObject({
      ready: true,
      https: `https://127.0.0.1:${line.service.httpsPort}`,
      owner: `https://127.0.0.1:${line.service.ownerPort}`,
      ca: line.path("service/ca.pem"),
    });
    expect(Object.keys(line.modems)).toEqual(["ready", "units"]);
    expect(line.modems.units).toHaveLength(3);
    expect(line.modems.units.map((unit) => Object.keys(unit).join(" "))).toEqual(Array(3).fill("slot link uuid imei"));
    expect(line.modems.units.map(({ slot }) => slot)).toEqual(["1", "2", "3"]);
    expect(line.modems.units.every(({ uuid, imei }) => UUID.test(uuid) && /^\d{15}$/.test(imei))).toBe(true);
  });

  it("run until SIGTERM, end with 0, say nothing more and leave no port behind", async () => {
    const other = await TrayLine.start(2);
    const ports = [
      other.service.httpsPort,
      other.service.ownerPort,
      ...other.modems.units.map(({ link }) => portOf(link)),
    ];
    expect(await Promise.all(ports.map(isOpen))).toEqual([true, true, true, true]);
    const files = readdirSync(other.path("service")).sort();
    expect(files.filter((name) => !name.startsWith("service.sqlite"))).toEqual([
      ...["ca-key.pem", "ca.pem", "owner-key", "server-key.pem", "server.pem"],
    ]);
    const ended = await other.stop();
    expect(ended.map(({ code, signal, stderr }) => ({ code, signal, stderr }))).toEqual([
      { code: 0, signal: null, stderr: "" },
      { code: 0, signal: null, stderr: "" },
    ]);
    expect(ended.map(({ stdout }) => stdout.trimEnd().split("\n").length)).toEqual([1, 1]);
    expect(await Promise.all(ports.map(isOpen))).toEqual([false, false, false, false]);
  });
});

describe("station run", () => {
  it("prints the object of the contract alone on stdout, and ends with 0 when all passed", () => {
    const { code, stdout, object } = first;
    expect({ code, lines: stdout.trimEnd().split("\n").length, stderr: first.stderr.split("\n").length }).toEqual({
      code: 0,
      lines: 1,
      stderr: 3,
    });
    expect(Object.keys(object)).toEqual(TRAY_KEYS);
    expect(object).toMatchObject({
      ...{ units: 2, pass: 2, fail: 0, error: 0, aborted: 0 },
      ...{ audit: line.path("a.db"), export: null, ca: line.path("service/ca.pem") },
      service: `https://localhost:${line.service.httpsPort}`,
    });
    expect(object.batch).toMatch(UUID);
    expect(object.seconds).toBeGreaterThan(0);
  });

  it("writes the tables and columns of the contract, outcomes in capitals and times in UTC with milliseconds", () => {
    const tables = sqlite("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").map(({ name }) => name);
    expect(tables).toEqual([
      ...["batch", "device_setting", "event", "issued_certificate", "outbox", "outbox_mark"],
      ...["recipe", "run", "station", "unit_value"],
    ]);
    const columns = sqlite("SELECT name FROM pragma_table_info('run')").map(({ name }) => name);
    expect(columns).toEqual(
      expect.arrayContaining([
        ...["id", "batch", "slot", "uuid", "imei", "board_serial", "outcome", "code"],
        ...["started_at", "finished_at", "recipe", "operator", "station"],
      ]),
    );
    const rows = sqlite("SELECT * FROM run WHERE slot IN ('1', '2') ORDER BY slot LIMIT 2");
    expect(rows).toMatchObject(
      line.modems.units.slice(0, 2).map(({ slot, uuid, imei }) => ({
        ...{ slot, uuid, imei, outcome: "PASS", code: null, recipe: "Training board 1" },
        ...{ batch: first.object.batch, training: 1, again: 0, release: "restored" },
      })),
    );
    for (const row of rows) {
      expect(row["started_at"]).toMatch(TIME);
      expect(row["finished_at"]).toMatch(TIME);
    }
    const settings = sqlite(
      "SELECT DISTINCT key, value FROM device_setting WHERE key LIKE '%interval%' OR key LIKE 'station/%'",
    );
    expect(settings).toEqual(expect.arrayContaining([{ key: "station/product", value: "training-board" }]));
  });

  it("refuses units that passed before, unless they may run again", async () => {
    const refused = await line.run("a.db", ["--slots", "2,1", "--operator", "Second shift"]);
    expect(refused).toMatchObject({ code: 1, object: { units: 2, pass: 0, error: 2 } });
    expect(refused.stderr).toMatch(/1 .*ERROR .*station\.passed-before/);
    const others = ["--operator", '=Ann,"A"', "--serials", line.path("serials.csv")];
    const again = await line.run("a.db", ["--slots", " 1 ", "--again", ...others]);
    expect(again).toMatchObject({ code: 0, object: { units: 1, pass: 1 } });
    expect(
      sqlite("SELECT slot, outcome, code, operator, board_serial, again FROM run ORDER BY started_at, slot"),
    ).toEqual([
      ...[1, 2].map((slot) => ({
        slot: `${slot}`,
        outcome: "PASS",
        code: null,
        operator: null,
        board_serial: null,
        again: 0,
      })),
      ...[1, 2].map((slot) => ({
        ...{ slot: `${slot}`, outcome: "ERROR", code: "station.passed-before" },
        ...{ operator: "Second shift", board_serial: null, again: 0 },
      })),
      { slot: "1", outcome: "PASS", code: null, operator: '=Ann,"A"', board_serial: "=SN-0001", again: 1 },
    ]);
  });

  it("ends with 1 when a unit fails, and says what and why on stderr", async () => {
    const ended = await line.run("a.db", ["--slots", "3"]);
    expect(ended).toMatchObject({ code: 1, object: { units: 1, pass: 0, fail: 1 } });
    expect(ended.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(ended.stderr).toMatch(/^3 .*FAIL /m);
    const [row] = sqlite("SELECT outcome, code FROM run WHERE slot = '3'");
    expect(row).toMatchObject({ outcome: "FAIL" });
    expect(row?.["code"]).toMatch(/^[a-z]+\.[a-z-]+$/);
  });

  it("without a profile starts the embedded service, and stops it", async () => {
    const files = ["--recipe", line.runArguments("x")[2] ?? "", "--fixture", line.path("fixture.yaml")];
    const ended = await station(["run", ...files, "--audit", line.path("below/b.db"), "--slots", "2", "--json"]);
    const object = lastJson(ended) as TrayObject;
    expect({ code: ended.code, ...object }).toMatchObject({
      code: 0,
      pass: 1,
      ca: line.path("below/b.db.service/ca.pem"),
    });
    expect(sqlite("SELECT training FROM run", "below/b.db")).toEqual([{ training: 1 }]);
    expect(sqlite("SELECT training FROM batch", "below/b.db")).toEqual([{ training: 1 }]);
    expect(await isOpen(portOf(object.service ?? ""))).toBe(false);
  });
});

function portOf(link: string): number {
  return Number(new URL(link).port);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
