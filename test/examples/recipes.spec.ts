import Database from "better-sqlite3";
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { openRecipe } from "../../src/station/files/recipe-file.ts";
import { lastJson, station } from "../cli/station-process.ts";
import { callMain } from "../cli/support/call-main.ts";
import { PATIENCE, RESOURCES, TrayLine, type TrayObject } from "../cli/support/tray-line.ts";

vi.setConfig(PATIENCE);

const UNITS = 2;
const RECIPES = join(RESOURCES, "recipes");
/**
 * What each example must leave in the modem, as `tag/type`; an example that is not here fails. In the order in which they run on
 * the same boards: the rule's is the first claim of them, and a certificate of one's own is in nobody's way at the end.
 */
const HELD: Readonly<Record<string, readonly string[]>> = {
  "rule-of-the-account": ["16842753/0", "16842753/2"],
  "endorsement-key": ["5/8"],
  "gather-tokens": [],
  "nrf-cloud-onboarding": ["16842753/0", "16842753/2"],
  "psk-per-unit": ["100/3", "100/4"],
  "settings-and-at": [],
  training: ["16842753/0", "16842753/2", "42384/0"],
  "own-ca": ["16842753/0", "16842753/1", "16842753/2"],
};

describe("the example recipes", () => {
  let line: TrayLine;

  beforeAll(async () => {
    line = await TrayLine.start(UNITS);
    await callMain(["ca", "init", "--dir", line.path("ca"), "--name", "factory", "--json"]);
    const authorities = "authorities:\n  - { name: factory, certificate: ca/ca.pem, key: ca/ca-key.pem }\n";
    line.write("signing.yaml", `${line.profileText()}${authorities}`);
    await postRule(line);
  });
  afterAll(() => line.stop());

  const run = async (example: string, more: readonly string[] = []): Promise<readonly RunEvent[]> => {
    cpSync(join(RECIPES, example), line.path(example), { recursive: true });
    const audit = line.path(`${example}.db`);
    const files = ["--recipe", join(line.path(example), "recipe.yaml"), "--fixture", line.path("fixture.yaml")];
    const tokens = ["--tokens", line.path("attestation_tokens.csv")];
    const further = example === "gather-tokens" ? tokens : [];
    const ended = await station(
      ["run", ...files, "--profile", line.path("signing.yaml"), "--audit", audit, "--json", ...further, ...more],
      { SPEC_OWNER_KEY: line.service.ownerKey },
    );
    expect({ ...(lastJson(ended) as TrayObject), told: ended.stderr }).toMatchObject({ units: UNITS, pass: UNITS });
    return eventsIn(audit);
  };

  it("are all named here", () => {
    expect(readdirSync(RECIPES).sort()).toEqual(Object.keys(HELD).sort());
  });

  it.each(Object.keys(HELD))("%s is checked, with every file that it names", async (example) => {
    const checked = await callMain(["recipe", "check", join(RECIPES, example, "recipe.yaml"), "--json"]);
    expect(checked).toMatchObject({ code: 0 });
    expect(JSON.parse(checked.stdout)).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  });

  it.each(Object.keys(HELD))("%s runs end to end with proof", async (example) => {
    const events = await run(example);
    const verified = events.flatMap((event) => (event.type === "credential.verified" ? [event] : []));
    const bad = verified.filter(({ verdict }) => verdict === "different" || verdict === "unexpected");
    expect(bad).toEqual([]);
    const runs = [...new Set(events.map(({ runId }) => runId))];
    expect(runs).toHaveLength(UNITS);
    for (const id of runs) {
      const found = verified
        .filter(({ runId, verdict }) => runId === id && (verdict === "match" || verdict === "present"))
        .map(({ secTag, credential }) => `${secTag}/${credential}`);
      expect([...new Set(found)].sort()).toEqual(expect.arrayContaining([...(HELD[example] ?? [])]) as string[]);
    }
  });

  it("psk-per-unit gives each unit one row of its own, the same again, and no key to the record", async () => {
    const example = "psk-per-unit";
    const rowsOf = (events: readonly RunEvent[]) =>
      new Map(
        events.flatMap((event) =>
          event.type === "note" && typeof event.facts["row"] === "string"
            ? [[event.slot, event.facts["row"]] as const]
            : [],
        ),
      );
    const rows = rowsOf(await run(example, ["--again"]));
    expect(new Set(rows.values()).size).toBe(UNITS);
    expect(rowsOf(await run(example, ["--again"]))).toEqual(rows);
    const { values } = await openRecipe(join(RECIPES, example, "recipe.yaml"), {});
    const kept = readFileSync(line.path(`${example}.db`), "latin1");
    for (const key of rows.values()) {
      const psk = values?.rowOf(key)?.values["psk"] ?? "";
      expect(psk).toMatch(/^[0-9a-f]{32}$/);
      expect(kept).not.toContain(psk);
      expect(kept).toContain(createHash("sha256").update(psk).digest("hex"));
    }
  });
});

function eventsIn(audit: string): readonly RunEvent[] {
  const db = new Database(audit, { readonly: true });
  try {
    const bodies = db.prepare<[], string>("SELECT body FROM event WHERE run IS NOT NULL ORDER BY position").pluck();
    const newest = db.prepare<[], string>("SELECT id FROM batch ORDER BY id DESC LIMIT 1").pluck().get() ?? "";
    const runs = db.prepare<[string], string>("SELECT id FROM run WHERE batch = ?").pluck().all(newest);
    return bodies
      .all()
      .map((body) => JSON.parse(body) as RunEvent)
      .filter(({ runId }) => runs.includes(runId));
  } finally {
    db.close();
  }
}

/** Makes the rule that the example names in the owner's account. */
function postRule({ service }: TrayLine): Promise<void> {
  const content = readFileSync(join(RECIPES, "rule-of-the-account/amazon-root-ca-1.pem"), "utf8");
  const requests = [
    { cloudAccessKeyGeneration: { secTag: 16_842_753 } },
    { serverCertificate: { secTag: 16_842_753, content } },
    { finished: {} },
  ];
  const commands = requests.map((each, index) => ({ description: `command ${index + 1}`, request: each }));
  const rule = { name: "Station example", description: "", active: true, commands, tags: ["station-example"] };
  return new Promise((resolve, reject) => {
    const call = request(
      `https://localhost:${service.ownerPort}/v1/provisioning-rules`,
      {
        method: "POST",
        ca: readFileSync(service.ca),
        headers: { authorization: `Bearer ${service.ownerKey}`, "content-type": "application/json" },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve());
      },
    );
    call.on("error", reject);
    call.end(JSON.stringify(rule));
  });
}
