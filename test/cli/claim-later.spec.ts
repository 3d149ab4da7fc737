import { createHash, createPublicKey } from "node:crypto";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ask } from "../service/support/harness.ts";
import { lastJson, station } from "./station-process.ts";
import { PATIENCE, RESOURCES, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const GATHER = join(RESOURCES, "recipes/gather-tokens/recipe.yaml");
const UNITS = 2;

describe("units that are claimed later on", () => {
  let line: TrayLine;
  beforeAll(async () => {
    line = await TrayLine.start(UNITS);
  });
  afterAll(() => line.stop());

  it("are gathered without a key, claimed from the file, provisioned, and give their signing requests", async () => {
    const gathered = await station(line.runArguments("line.db", [], GATHER), {});
    expect(gathered).toMatchObject({ code: 0 });
    const tokens = line.path("attestation_tokens.csv");
    const lines = readFileSync(tokens, "utf8").trimEnd().split("\n");
    expect(lines.map((text) => text.split(",").slice(0, 2))).toEqual(
      expect.arrayContaining(line.modems.units.map(({ uuid, imei }) => [imei, uuid])),
    );
    expect(isPrivate(tokens)).toBe(true);
    expect(readFileSync(line.path("line.db")).includes("2dn3")).toBe(false);

    const claim = ["claim", tokens, "--profile", line.path("profile.yaml"), "--audit", line.path("line.db"), "--json"];
    const claimed = await station([...claim, "--tags", "training"], line.environment);
    expect(lastJson(claimed)).toMatchObject({ counts: { claimed: UNITS } });
    expect(claimed.stdout).not.toContain("2dn3");

    // What gathers does not count as passed.
    const { object, code } = await line.run("line.db");
    expect({ code, pass: object.pass }).toEqual({ code: 0, pass: UNITS });

    const dir = line.path("requests");
    const made = await station(["artefacts", "--audit", line.path("line.db"), "--dir", dir, "--json"]);
    const { files } = lastJson(made) as { readonly files: readonly Artefact[] };
    expect(files.map(({ file }) => file).sort()).toEqual(
      line.modems.units.map(({ imei }) => `${imei}-csr-16842753.pem`).sort(),
    );
    for (const { file, keySha256 } of files) {
      const request = join(dir, file);
      execFileSync("openssl", ["req", "-verify", "-noout", "-in", request], { stdio: "pipe" });
      const key = execFileSync("openssl", ["req", "-pubkey", "-noout", "-in", request], { stdio: "pipe" });
      const spki = createPublicKey(key).export({ type: "spki", format: "der" });
      expect(createHash("sha256").update(spki).digest("hex")).toBe(keySha256);
    }
    expect(await station(["verify", line.path("line.db")])).toMatchObject({ code: 0 });
  });

  it("whose queue somebody else filled are left alone, and given up by hand", async () => {
    const [unit] = line.modems.units;
    const path = `${line.service.owner}/v1/claimed-devices/${unit?.uuid ?? ""}/provisioning`;
    const ca = readFileSync(line.service.ca, "utf8");
    const headers = { Authorization: `Bearer ${line.service.ownerKey}`, "Content-Type": "application/json" };
    const body = JSON.stringify({ description: "Update client cert", request: { finished: {} } });
    expect((await ask(path, ca, { method: "POST", headers, body })).status).toBe(201);
    expect((await line.run("other.db", ["--slots", "1"])).object).toMatchObject({ error: 1 });
    const db = new Database(line.path("other.db"), { readonly: true });
    expect(db.prepare("SELECT code FROM run").pluck().all()).toEqual(["cloud.queue-not-empty"]);
    db.close();
    const list = await ask(path, ca, { headers });
    expect(list.body.toString()).toContain("Update client cert");
    const given = await station(
      ["unclaim", unit?.uuid ?? "", "--profile", line.path("profile.yaml"), "--audit", line.path("other.db"), "--json"],
      line.environment,
    );
    expect(lastJson(given)).toMatchObject({ units: [{ result: "unclaimed" }] });
    expect((await line.run("other.db", ["--slots", "1"])).object).toMatchObject({ pass: 1 });
  });
});

/** Whether only the file's owner may read it; Windows keeps no such bits. */
function isPrivate(path: string): boolean {
  return process.platform === "win32" || (statSync(path).mode & 0o777) === 0o600;
}

type Artefact = { readonly file: string; readonly keySha256: string };
