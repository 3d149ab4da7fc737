import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isRecord } from "../../src/cli/conformance/row.ts";
import { EVENT_NUMBERS } from "../../src/provisioning/events.ts";
import { KCONFIG_DEFAULTS, OPTION_RULES } from "../../src/provisioning/options.ts";

const here = (path: string): URL => new URL(path, import.meta.url);
const text = readFileSync(here("../../docs/protocol-coverage.md"), "utf8");

/** The table rows of the document: cells without their padding, escaped bars restored. */
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("|") && !/^\| *(---|§|Kconfig|Values)/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll("\\|", "|")),
  );

/** Test file, title and vectors of each row; the option tables have no vectors. */
const claims = rows.map((cells) => {
  const at = cells.findIndex((cell) => cell.endsWith(".spec.ts"));
  const vectors = at === 2 ? (cells[4] ?? "") : "";
  return {
    file: cells[at] ?? "",
    title: cells[at + 1] ?? "",
    vectors: vectors === "" ? [] : vectors.split(", "),
  };
});

/** The titles of a spec: every text that a test is called with. */
function titlesOf(file: string): readonly string[] {
  const source = readFileSync(here(file), "utf8");
  const titles = source.matchAll(/(?:\bit|\))\(\s*("(?:[^"\\]|\\.)*")\s*,\s*(?:async )?\(/g);
  return [...titles].map(([, literal]) => String(JSON.parse(literal ?? '""')));
}

describe("docs/protocol-coverage.md", () => {
  it("names only test files that exist", () => {
    const missing = claims.map(({ file }) => file).filter((file) => file === "" || !existsSync(here(file)));
    expect(missing).toEqual([]);
    expect(claims.length).toBeGreaterThan(150);
  });

  it("names only titles that the file has", () => {
    const files = new Map([...new Set(claims.map(({ file }) => file))].map((file) => [file, titlesOf(file)]));
    expect(claims.filter(({ file, title }) => !files.get(file)?.includes(title))).toEqual([]);
  });

  it("names only vectors that are played", () => {
    const document: unknown = JSON.parse(readFileSync(here("../fixtures/vectors/sessions.json"), "utf8"));
    const list =
      isRecord(document) && Array.isArray(document["scenarios"]) ? document["scenarios"].filter(isRecord) : [];
    const known = list.map((row) => row["name"]);
    expect(claims.flatMap(({ vectors }) => vectors).filter((name) => !known.includes(name))).toEqual([]);
  });

  it("has a row for every event", () => {
    const named = rows.map(([, what]) => /^`([A-Z_]+)`/.exec(what ?? "")?.[1] ?? "");
    expect(Object.keys(EVENT_NUMBERS).filter((event) => !named.includes(event))).toEqual([]);
  });

  it("has a row with the right default for every option of the library", () => {
    const shown = (value: string | number | boolean, kconfig: string): string => {
      if (typeof value === "boolean") return value ? "yes" : "no";
      if (typeof value === "number" && /_S$|_SECONDS$|BACKOFF$/.test(kconfig)) return `${value / 1000} s`;
      return kconfig === "HTTP_TIMEOUT_MS" ? `${value} ms` : String(value);
    };
    const expected = Object.entries(OPTION_RULES).flatMap(([name, rule]) =>
      "kconfig" in rule
        ? [[rule.kconfig === "" ? "(no suffix)" : rule.kconfig, name, shown(rule.standard, rule.kconfig)]]
        : [],
    );
    const found = rows.map(([kconfig, name, standard]) => [kconfig, name, (standard ?? "").replace(/ \(.*$/, "")]);
    expect(expected.filter((row) => !found.some((other) => other.join() === row.join()))).toEqual([]);
    expect(Object.keys(KCONFIG_DEFAULTS).length).toBeGreaterThanOrEqual(expected.length);
  });

  it("has a row for every status and code that is told apart", () => {
    const whats = rows.map(([, what]) => what ?? "");
    const statuses = ["200", "204", "400", "401", "403", "415", "500", "0"];
    const codes = ["4.00", "4.01", "4.03", "4.04", "4.06", "5.00", "5.03"];
    const wanted = [...statuses.map((status) => `status ${status}`), ...codes.map((code) => `code ${code}`)];
    expect(
      wanted.filter((start) => !whats.some((what) => what === start || new RegExp(`^${start}[ ,]`).test(what))),
    ).toEqual([]);
  });
});
