import { copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { station } from "./station-process.ts";
import { PATIENCE, TRAINING, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const TAG = 16_842_753;
const CA = "amazon-root-ca-1.pem";
let line: TrayLine;

beforeAll(async () => {
  line = await TrayLine.start(4, ["--fault", "2=corrupt-store"]);
  copyFileSync(join(dirname(TRAINING), CA), line.path(CA));
});

afterAll(() => line.stop());

/** Writes a recipe that puts a CA on the tag; `more` changes it. */
function recipe(name: string, more: readonly string[] = []): string {
  return line.write(
    `${name}.yaml`,
    [
      ...["recipe: 1", `product: ${name}`, 'revision: "1"', "commands:"],
      ...[`  - serverCertificate: { secTag: ${TAG}, file: ${CA} }`, "  - finished: {}", ...more, ""],
    ].join("\n"),
  );
}

/** Runs a recipe in one slot; answers outcome, code and the facts of the failure as the record has them. */
async function failure(slot: string, file: string, audit: string) {
  const ended = await line.run(audit, ["--slots", slot], file);
  const out = line.path(`${audit}.csv.jsonl`);
  await station(["export", "--audit", line.path(audit), "--format", "jsonl", "--out", out]);
  const [row] = line.read(`${audit}.csv.jsonl`).trim().split("\n");
  const { outcome, code } = JSON.parse(row ?? "{}") as { readonly outcome: string; readonly code: string | null };
  return { code: ended.code, told: `${outcome} ${code ?? ""}` };
}

describe("the read-back, with simulated modems and the embedded service", () => {
  it("refuses firmware that is too old before the unit is claimed", async () => {
    const file = recipe("Newer", ["modem: { firmware: { minimum: 99.0.0 } }"]);
    expect(await failure("1", file, "old.db")).toEqual({ code: 1, told: "FAIL run.firmware-too-old" });
  });

  it("fails a credential whose SHA-256 is another than was written", async () => {
    expect(await failure("2", recipe("Plain"), "sha.db")).toEqual({ code: 1, told: "FAIL run.credential-different" });
  });

  it("fails a credential that nobody ordered, on tags that the recipe touches and on others that it names", async () => {
    const other = recipe("Other", []);
    const first = line.write("first.yaml", line.read("Other.yaml").replace(String(TAG), "42"));
    expect(other).not.toBe(first);
    expect(await failure("3", first, "first.db")).toEqual({ code: 0, told: "PASS " });
    const strict = recipe("Strict", ["verify: { forbidUnexpected: [42] }"]);
    expect(await failure("3", strict, "strict.db")).toEqual({ code: 1, told: "FAIL run.credential-unexpected" });
  });

  it("refuses a unit whose tag is occupied, unless this station has begun with it", async () => {
    const file = recipe("Empty", ["verify: { emptyBefore: true }"]);
    expect(await failure("4", file, "empty.db")).toEqual({ code: 0, told: "PASS " });
    expect(await failure("4", file, "stranger.db")).toEqual({ code: 1, told: "FAIL run.tag-occupied" });
    const again = await line.run("empty.db", ["--slots", "4", "--again"], file);
    expect(again).toMatchObject({ code: 0, object: { pass: 1 } });
  });
});
