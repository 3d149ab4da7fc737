import fc from "fast-check";
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ROWS_LIMIT } from "../../../src/contract/recipe-values.ts";
import { StationError } from "../../../src/core/error.ts";
import { openRecipe } from "../../../src/station/files/recipe-file.ts";
import { parseValueCells } from "../../../src/station/files/value-csv.ts";
import { failureOf, tempFolder } from "./temp-folder.ts";

const folder = tempFolder();
const PSK = "00112233445566778899aabbccddeeff";

/** A recipe with a value file; `more` are further lines of `values`. */
async function written(csv: string | Uint8Array, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  await folder.write("values.csv", csv);
  const {
    values = "{ file: values.csv, key: boardSerial, secret: [psk] }",
    identity = '"nrf-{{imei}}"',
    site = '"{{site}}"',
    key = "{ column: psk }",
    more = "",
  } = changes;
  return folder.write(
    "recipe.yaml",
    [
      ...["recipe: 1", "product: Board", 'revision: "1"', `values: ${values}`, "commands:"],
      `  - preSharedKey: { secTag: 7, identity: ${identity}, key: ${key} }`,
      `  - config: { station/site: ${site} }`,
      ...[more, ""],
    ].join("\n"),
  );
}

async function problemOf(path: string): Promise<string> {
  const error = await failureOf(openRecipe(path, {}));
  if (!(error instanceof StationError)) return "no error";
  return `${error.code}: ${error.message}`;
}

describe("the values of units", () => {
  it("are read with the recipe; the frozen recipe tells of the file, not of its contents", async () => {
    const csv = `boardSerial,psk,site\r\nA1,${PSK},"Oslo, north"\r\nA2,${PSK.toUpperCase()},Bergen\r\n`;
    const { recipe, values } = await openRecipe(await written(csv), {});
    expect(values?.rowOf("A1")?.values).toEqual({ boardSerial: "A1", psk: PSK, site: "Oslo, north" });
    expect(values?.rowOf("A3")).toBeUndefined();
    expect(recipe.values).toMatchObject({ rows: 2, length: csv.length, column: "boardSerial" });
    expect(recipe.frozenText).toContain(recipe.values?.sha256);
    expect(JSON.stringify(recipe)).not.toMatch(new RegExp(`${PSK}|Oslo`, "i"));
  });

  it("may be separated by semicolons, begin with a byte order mark, hold ignored columns and line ends in quotes", async () => {
    const csv = `\u{feff}boardSerial;psk;site;note\nA1;${PSK};Oslo;"two\nlines"\nA2;${PSK};Bergen;\n`;
    const path = await written(csv, {
      values: "{ file: values.csv, key: boardSerial, secret: [psk], ignore: [note] }",
    });
    const { values } = await openRecipe(path, {});
    expect(values?.rowOf("A2")?.values).toEqual({ boardSerial: "A2", psk: PSK, site: "Bergen" });
  });

  it.each([
    ["boardSerial,psk,site\nA1,xx,Oslo\n", /values\.csv, line 2, column 2 \(psk\): must be 1 to 256 pairs/],
    [`boardSerial,psk,site\nA1,${PSK},Oslo\nA1,${PSK},Oslo\n`, /line 3, column 1 .*line 2 already/],
    [`boardSerial,psk,site\nA1,${PSK}\n`, /line 2: has 2 cells where the first line has 3/],
    [`boardSerial,psk,site\nA1,${PSK},\n`, /line 2, column 3 \(site\): must not be empty/],
    [`boardSerial,psk,site,colour\nA1,${PSK},Oslo,red\n`, /line 1, column 4 \(colour\): is used nowhere/],
    [`boardSerial,psk\nA1,${PSK}\n`, /takes \{\{site\}\}, which values\.csv does not have/],
    [`serial,psk,site\nA1,${PSK},Oslo\n`, /names column boardSerial, which values\.csv does not have/],
    [`boardSerial,psk,site\nA1,${PSK},"Oslo\nA2,x`, /line 3: is not CSV: a quote is not closed/],
    [`boardSerial,psk,site\nA1,${PSK},${"x".repeat(257)}\n`, /makes the text longer than 256/],
    [`boardSerial,psk,site\nA1,${PSK},${"x".repeat(8193)}\n`, /must be at most 8192 characters/],
    [`boardSerial,psk,site\nA1,${PSK},"a\nb"\n`, /line 2, column 3 .*control characters/],
    [`boardSerial,psk,psk\nA1,${PSK},x\n`, /line 1, column 3 \(psk\): stands in an earlier column/],
    ["boardSerial,psk,site\n", /line 2: holds no row/],
    ["", /holds no line of column names/],
  ])("name file, line and column of what is wrong: %j", async (csv, expected) => {
    expect(await problemOf(await written(csv))).toMatch(expected);
  });

  it("name line and column of a character that is not UTF-8", async () => {
    const csv = Buffer.concat([Buffer.from(`boardSerial,psk,site\nA1,${PSK},Troms`), Buffer.from([0xf8, 0x0a])]);
    expect(await problemOf(await written(csv))).toMatch(/line 2, column 3: is not UTF-8/);
  });

  it("are bounded in rows", async () => {
    const rows = Array.from({ length: ROWS_LIMIT + 1 }, (_, index) => `A${index},${PSK},Oslo`);
    expect(await problemOf(await written(`boardSerial,psk,site\n${rows.join("\n")}\n`))).toMatch(
      /line 50002: must hold at most 50000 rows/,
    );
  });

  it.each([
    [{ identity: '"{{psk}}"' }, /takes the secret column psk, which records would show/],
    [{ values: "{ file: values.csv, key: boardSerial }" }, /takes column psk, which values\.secret must list/],
    [{ values: "{ file: values.csv, key: next, column: psk, secret: [psk] }" }, /must not be secret/],
    [{ values: "{ file: values.csv, key: imei, column: boardSerial, secret: [psk] }" }, /must be an IMEI/],
    [{ values: "{ file: none.csv, key: next }" }, /file\.missing/],
    [{ key: "{ column: none }" }, /names column none/],
  ])("refuse a recipe that does not fit them: %j", async (changes, expected) => {
    expect(await problemOf(await written(`boardSerial,psk,site\nA1,${PSK},Oslo\n`, changes))).toMatch(expected);
  });

  it("are missed by a recipe that takes some and has none", async () => {
    const path = await folder.write(
      "recipe.yaml",
      'recipe: 1\nproduct: B\nrevision: "1"\ncommands:\n  - config: { a: "{{site}}", b: "{{uuid}}" }\n',
    );
    expect(await problemOf(path)).toMatch(/commands\[0\]\.config\.a: takes site: that needs values/);
  });

  it("hold private keys and certificates that can be read", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const head = 'recipe: 1\nproduct: B\nrevision: "1"\nvalues: { file: values.csv, key: next, secret: [key] }\n';
    const path = await folder.write(
      "recipe.yaml",
      `${head}commands:\n  - clientPrivateKey: { secTag: 1, key: { column: key } }\n`,
    );
    await folder.write("values.csv", `name,key\n1,"${pem}"\n`);
    expect((await openRecipe(path, {})).values?.size).toBe(1);
    await folder.write("values.csv", `name,key\n1,"${pem.slice(0, 80)}"\n`);
    const problem = await problemOf(path);
    expect(problem).toMatch(/column 2 \(key\): is no private key/);
    expect(problem).not.toContain(pem.slice(30, 60));
  });

  it("survive any bytes: what cannot be read is told with its line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        const parsed = await parseValueCells(bytes);
        expect(parsed.ok || parsed.problems.every(({ line }) => line >= 1)).toBe(true);
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("a", ",", '"', "\n", "\r", ";", "\u{0}", "é")), async (parts) => {
        const parsed = await parseValueCells(new TextEncoder().encode(parts.join("")));
        const { columns, rows } = parsed.ok ? parsed.cells : { columns: [], rows: [] };
        expect(rows.every(({ cells }) => cells.length === columns.length)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
