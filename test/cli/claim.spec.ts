import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeDevice } from "../service/support/fake-device.ts";
import { Harness } from "../service/support/harness.ts";
import { callMain } from "./support/call-main.ts";

type Claims = {
  readonly units: readonly { readonly uuid: string; readonly result: string; readonly reason?: string }[];
  readonly counts: Readonly<Record<string, number>>;
};

describe("station claim and unclaim", () => {
  let dir: string;
  let service: Harness;
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "claim-"));
    service = await Harness.start();
    const ca = join(dir, "ca.pem");
    writeFileSync(ca, service.ca);
    const key = service.service.addKey("maker", "admin", "Maker");
    environment = { KEY: service.service.ownerKey.reveal(), MAKER: key.reveal(), VIEWER: viewer().reveal() };
    for (const name of ["KEY", "MAKER", "VIEWER", "NONE"])
      writeFileSync(
        join(dir, `${name}.yaml`),
        `profile: 1\nname: Local ${name}\nservice: embedded\nhttps: { host: localhost, port: 1, ca: ca.pem }\n` +
          `owner: { base: "${service.service.owner}/v1", keyEnv: ${name} }\n`,
      );
  });
  afterAll(async () => {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const viewer = () => service.service.addKey("viewer", "viewer", "default");
  const call = async (...words: readonly string[]): Promise<{ readonly code: number } & Claims> => {
    const { code, stdout } = await callMain([...words, "--json"], environment);
    return { code, ...(JSON.parse(stdout) as Claims) };
  };
  const claim = (file: string, profile = "KEY", ...more: readonly string[]) =>
    call("claim", file, "--profile", join(dir, `${profile}.yaml`), "--audit", join(dir, "audit.db"), ...more);
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const gathered = (units: readonly FakeDevice[]): string =>
    units.map((unit) => `352656100367872,${unit.uuid},${unit.attestation()},2026-11-22T10:00:00+00:00\n`).join("");
  const resultsOf = ({ units }: Claims): readonly string[] => units.map(({ result }) => result);

  it("claims the units of a gathered file with tags; a repeat finds them ours", async () => {
    const units = [new FakeDevice(), new FakeDevice(), new FakeDevice()];
    const csv = file("gathered.csv", gathered(units));
    const before = await claim(csv, "KEY", "--dry-run");
    expect(before).toMatchObject({ code: 0, counts: { claimable: 3 } });
    const first = await claim(csv, "KEY", "--tags", "line 4, meter");
    expect(first).toMatchObject({ code: 0, counts: { claimed: 3 } });
    expect(first.units.map(({ uuid }) => uuid)).toEqual(units.map(({ uuid }) => uuid));
    const { json } = await service.owner("GET", `/v1/claimed-devices/${units[1]?.uuid ?? ""}`);
    expect(json["tags"]).toEqual(["line 4", "meter"]);
    expect(await claim(csv)).toMatchObject({ code: 0, counts: { "ours-already": 3 } });
    expect(await claim(csv, "KEY", "--dry-run")).toMatchObject({ code: 0, counts: { "ours-already": 3 } });
  });

  it("reads the form of the bulk call, and tells the units of another account apart", async () => {
    const [taken, free] = [new FakeDevice(), new FakeDevice()];
    await service.claim(taken);
    const csv = file("bulk.csv", `"${taken.attestation()}","a,b"\n"${free.attestation()}","own"\n`);
    const found = await claim(csv, "MAKER", "--tags", "other");
    expect(found.code).toBe(1);
    expect(resultsOf(found)).toEqual(["claimed-elsewhere", "claimed"]);
    expect(found.units[0]?.reason).toContain("another");
  });

  it("refuses a file with a wrong line as a whole, naming every one, and never repeats a token", async () => {
    const [unit, other] = [new FakeDevice(), new FakeDevice()];
    const token = unit.attestation();
    const csv = file(
      "wrong.csv",
      `imei,uuid,token,time\n1,${other.uuid},${token},x\n1,${unit.uuid},${token}x.y,t\n"z"\n`,
    );
    const { code, stdout, stderr } = await callMain(
      ["claim", csv, "--profile", join(dir, "KEY.yaml"), "--audit", join(dir, "audit.db")],
      environment,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("line 2: the token is of another unit than the line says");
    expect(stderr).toContain("line 3: the third field is no attestation token");
    expect(stderr).toContain("line 4: the first field is no attestation token");
    expect(stderr).not.toContain(token.slice(0, 40));
  });

  it("says what the service refuses as a whole: the role, the key that is missing", async () => {
    const csv = file("one.csv", gathered([new FakeDevice()]));
    const codes = await Promise.all(
      ["VIEWER", "NONE"].map(async (profile) => {
        const { code, stdout } = await callMain(
          ["claim", csv, "--profile", join(dir, `${profile}.yaml`), "--dry-run", "--json"],
          environment,
        );
        return [code, (JSON.parse(stdout) as { readonly error: { readonly code: string } }).error.code];
      }),
    );
    expect(codes).toEqual([
      [3, "cloud.role-refused"],
      [3, "cloud.key-missing"],
    ]);
  });

  it("gives units up, knows those that are not ours, and records all of it without a token", async () => {
    const [ours, foreign] = [new FakeDevice(), new FakeDevice()];
    await service.claim(ours);
    const gone = await call(
      ...["unclaim", ours.uuid, foreign.uuid.toUpperCase(), "--profile", join(dir, "KEY.yaml")],
      ...["--audit", join(dir, "audit.db")],
    );
    expect(gone.code).toBe(0);
    expect(resultsOf(gone)).toEqual(["unclaimed", "not-ours"]);
    const db = new Database(join(dir, "audit.db"), { readonly: true });
    const rows = db
      .prepare<[], { type: string; body: string }>(
        "SELECT type, body FROM event WHERE type LIKE 'claims.%' ORDER BY position",
      )
      .all();
    db.close();
    const types = rows.map(({ type }) => type);
    expect(types.filter((_, index) => index % 2 === 0)).toEqual(
      types.flatMap((_, i) => (i % 2 ? [] : ["claims.announced"])),
    );
    expect(JSON.parse(rows.at(-1)?.body ?? "")).toMatchObject({
      ...{ type: "claims.concluded", act: "unclaim", profile: "Local KEY" },
      units: [
        { uuid: ours.uuid, result: "unclaimed" },
        { uuid: foreign.uuid, result: "not-ours" },
      ],
    });
    expect(readFileSync(join(dir, "audit.db")).includes("2dn3")).toBe(false);
    const verified = await callMain(["verify", join(dir, "audit.db")]);
    expect(verified).toMatchObject({ code: 0 });
  });
});
