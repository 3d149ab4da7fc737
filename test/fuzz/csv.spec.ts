import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { csvLine, defuse, undefuse } from "../../src/audit/csv.ts";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import type { DeviceUuid, Imei } from "../../src/core/ids.ts";
import { csvRows } from "../../src/service/csv-rows.ts";
import { readCsvLines } from "../../src/station/files/csv-lines.ts";
import { openRecipe } from "../../src/station/files/recipe-file.ts";
import { loadSerials } from "../../src/station/files/serials-file.ts";
import { parseValueCells } from "../../src/station/files/value-csv.ts";
import { TokenFile } from "../../src/station/token-file.ts";
import { tempFolder } from "../station/files/temp-folder.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf } from "./support/refusal.ts";

/** The pre-shared key that stands in values of the corpus; nothing may repeat it. */
const SECRET = "c0ffee00c0ffee00c0ffee00c0ffee00";

const TARGET: Target = {
  corpus: "csv",
  cost: 2,
  dictionary: [
    ...[
      "\n",
      "\r\n",
      "\r",
      ",",
      ";",
      "\t",
      '"',
      '""',
      '",',
      '"\n',
      "\0",
      "\u00ff",
      "\u001b[2J",
      "=1+1",
      "@SUM(A1)",
      "-1",
      "'",
    ],
    ...[
      "\u00ef\u00bb\u00bf",
      "boardSerial,",
      "psk",
      "slot,serial\n",
      "__proto__,",
      SECRET,
      "1,SN-1\n",
      "99999999999999999999,",
    ],
  ],
};

const RECIPE = [
  ...["recipe: 1", "product: Board", 'revision: "1"'],
  "values: { file: values.csv, key: boardSerial, secret: [psk], ignore: [note] }",
  ...[
    "commands:",
    '  - preSharedKey: { secTag: 7, identity: "nrf-{{imei}}", key: { column: psk } }',
    "  - finished: {}",
    "",
  ],
].join("\n");

describe("bytes as CSV", () => {
  const folder = tempFolder();
  beforeEach(async () => {
    await folder.write("recipe.yaml", RECIPE);
  });

  it("are values of units, or refused by line and column, and no refusal repeats a secret", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      await folder.write("values.csv", bytes);
      const code = await endOf(async () => {
        const { recipe, values } = await openRecipe(folder.path("recipe.yaml"), {});
        expect(recipe.frozenText).not.toContain(SECRET);
        expect(values?.file.rows).toBeGreaterThan(0);
      }, [SECRET]);
      expect(code).toMatch(/^(?:taken|file\.)/);
      const parsed = await parseValueCells(bytes);
      if (parsed.ok) expect(parsed.cells.rows.length).toBeGreaterThan(0);
    });
  });

  it("are serials of a tray, lines, or rows of a bulk call, or refused", async () => {
    await assertSurvives(TARGET, async ({ bytes, text }) => {
      const path = await folder.write("serials.csv", bytes);
      expect(await endOf(() => loadSerials(path))).toMatch(/^(?:taken|file\.)/);
      expect(await endOf(() => readCsvLines(path, { bytes: 65_536, rows: 100, longestRow: 1000 }))).toMatch(
        /^(?:taken|file\.)/,
      );
      expect(await endOf(() => csvRows(text, 5000))).toMatch(/^(?:taken|service\.(?:bad-request|too-large))$/);
    });
  });

  it("in a file of tokens stay as they are, and the new token is in it once", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      const path = await folder.write("tokens.csv", bytes);
      const uuid = "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid;
      const file = new TokenFile(path, new VirtualClock());
      const kept = async (token: string): Promise<string> =>
        endOf(() => file.keep({ imei: "352656100367872" as Imei, uuid, token }));
      const ends = [await kept("first.token"), await kept("second.token")];
      if (ends[0] !== "taken") return;
      const text = readFileSync(path, "utf8");
      expect(text.split("\n").filter((line) => line.startsWith(`352656100367872,${uuid},`))).toHaveLength(1);
    });
  });

  it("in the place of an export or its manifest are told from one, whatever stands there", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      const out = await folder.write("runs.csv", "run,outcome\r\n");
      await folder.write("runs.csv.manifest.json", bytes);
      for (const file of [out, `${out}.manifest.json`]) {
        const code = await endOf(async () => expect(await verifyFile(file)).toMatchObject({ ok: false }));
        expect(code).toMatch(/^(?:taken|audit\.)/);
      }
    });
  });

  it("as a cell of an export come back from it, and a spreadsheet runs none", async () => {
    await assertSurvives(TARGET, ({ text }) => {
      expect(undefuse(defuse(text))).toBe(text);
      expect(defuse(text)).not.toMatch(/^[=+\-@\t\r]/);
      expect(csvLine([text, 1, null]).endsWith("\r\n")).toBe(true);
    });
  });
});
