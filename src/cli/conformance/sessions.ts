import { wireLength } from "../../provisioning/at-string.ts";
import { AMAZON_ROOT_CA_1, NRF_CLOUD_COAP_CA } from "../../provisioning/root-ca-pem.ts";
import { withoutRepeats, type AtExchange } from "./library-repeats.ts";
import { compareRows, rowsOf, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { invalid, isRecord, listField, numberField, recordField, textField, wireTextOf, type Row } from "./row.ts";
import { playScenario } from "./session-driver.ts";
import { scenarioOf } from "./session-scenario.ts";

/** Whole runs in virtual time: events, calls, AT commands, requests, connections, settings and their times. */
export const sessions: ConformanceSuite = {
  kind: "sessions",
  recognises: (document) => someRowHas(document, "scenarios", (row) => "scenario" in row && "trace" in row),
  run: (document) => compareRows(rowsOf(document, "scenarios"), compareRow),
};

/** The kinds of entries that are compared (vectors/README.md, "the trace"). */
const COMPARED = ["event", "api", "at", "http", "coap", "dtls", "settingsSave", "end"];

type Entry = Readonly<Record<string, unknown>>;

async function compareRow(row: Row): Promise<RowVerdict> {
  const scenario = scenarioOf(row);
  const expected = entriesOf(listField(row, "trace"), scenario.hide);
  const got = entriesOf(await playScenario(scenario), scenario.hide);
  const length = Math.max(expected.length, got.length);
  for (let index = 0; index < length; index++) {
    const [wanted, found] = [expected[index], got[index]];
    if (!isSame(wanted, found)) return { expected: at(index, wanted), got: at(index, found) };
  }
  return undefined;
}

function at(index: number, entry: Entry | undefined): unknown {
  return { entry: index, ...(entry ?? { nothing: true }) };
}

function isSame(wanted: Entry | undefined, found: Entry | undefined): boolean {
  if (wanted === undefined || found === undefined) return false;
  const command = typeof wanted["cmd"] === "string" && typeof found["cmd"] === "string";
  if (command && isBuiltInCa(String(wanted["cmd"]), String(found["cmd"])))
    return JSON.stringify({ ...wanted, cmd: "" }) === JSON.stringify({ ...found, cmd: "" });
  return JSON.stringify(wanted) === JSON.stringify(found);
}

/** The traces name the built-in certificates with their size instead of printing them. */
function isBuiltInCa(wanted: string, found: string): boolean {
  const named = /^(AT%CMNG=0,\d+,0,)"<.*\b(\d+) bytes incl\. final LF>"$/.exec(wanted);
  const written = /^(AT%CMNG=0,\d+,0,)"([^"]*)"$/.exec(found);
  if (named === null || written === null || named[1] !== written[1]) return false;
  const pem = written[2] ?? "";
  return [AMAZON_ROOT_CA_1, NRF_CLOUD_COAP_CA].includes(pem) && wireLength(pem) === Number(named[2]);
}

function entriesOf(trace: readonly unknown[], hide: readonly string[]): readonly Entry[] {
  const rows = trace.map((entry) => {
    if (!isRecord(entry)) throw invalid("trace", "entries");
    return entry;
  });
  const compared = rows.filter((row) => COMPARED.includes(textField(row, "k")) && !hide.includes(textField(row, "k")));
  const repeats = repeatsAmong(compared);
  return compared.filter((row) => !repeats.has(row)).map((row) => ({ t: ms(row), ...fieldsOf(row) }));
}

/** The AT commands that the library repeats for its small reply buffer; only the vectors' traces carry replies. */
function repeatsAmong(rows: readonly Row[]): ReadonlySet<Row> {
  const exchanges = new Map<AtExchange, Row>();
  for (const row of rows) {
    const { cmd, reply } = row;
    if (typeof cmd === "string")
      exchanges.set({ sent: cmd, reply: typeof reply === "string" ? reply : undefined }, row);
  }
  const kept = new Set(withoutRepeats([...exchanges.keys()]));
  return new Set([...exchanges].filter(([exchange]) => !kept.has(exchange)).map(([, row]) => row));
}

function ms(row: Row): number {
  return Math.round(numberField(row, "t") * 1000);
}

function fieldsOf(row: Row): Entry {
  const k = textField(row, "k");
  const pick = (...fields: readonly string[]): Entry => {
    const picked: Record<string, unknown> = { k };
    for (const field of fields) if (row[field] !== undefined) picked[field] = row[field];
    return picked;
  };
  switch (k) {
    case "event":
      return pick("event", "seconds", "token");
    case "api":
      return pick("call", "arg", "ret");
    case "at":
      return { k, cmd: wireTextOf(row["cmd"], "cmd") };
    case "http":
      return { ...pick("request"), headers: headersOf(row), ...pick("body") };
    case "coap":
      return pick("request", "path", "payload");
    case "dtls":
      return pick("connect", "close");
    case "settingsSave":
      return { ...pick("key"), value: wireTextOf(row["value"], "value"), ...pick("ret") };
    default:
      return { ...pick("nextDue"), settings: settingsOf(recordField(row, "settings")) };
  }
}

function headersOf(row: Row): readonly unknown[] {
  return listField(row, "headers").filter((header) => !String(header).startsWith("User-Agent:"));
}

function settingsOf(row: Row): readonly (readonly [string, string])[] {
  const pairs = Object.entries(row).map(([key, value]) => [key, wireTextOf(value, "settings")] as const);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}
