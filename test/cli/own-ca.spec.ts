import { X509Certificate } from "node:crypto";
import { chmodSync, copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { CertificateRow } from "../../src/audit/certificate-book.ts";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { openssl, testRequest } from "../fakes/test-authority.ts";
import { ask } from "../service/support/harness.ts";
import { callMain } from "./support/call-main.ts";
import { PATIENCE, RESOURCES, TrayLine } from "./support/tray-line.ts";
import Database from "better-sqlite3";
import { lastJson, startStation, station } from "./station-process.ts";

vi.setConfig(PATIENCE);

const UNITS = 3;
const EXAMPLE = join(RESOURCES, "recipes/own-ca");

describe("a tray whose owner runs a CA of their own", () => {
  let line: TrayLine;
  beforeAll(async () => {
    line = await TrayLine.start(UNITS);
    for (const file of ["recipe.yaml", "amazon-root-ca-1.pem"]) copyFileSync(join(EXAMPLE, file), line.path(file));
    await callMain(["ca", "init", "--dir", line.path("ca"), "--name", "factory"]);
    line.write(
      "signing.yaml",
      `${line.profileText()}authorities:\n  - { name: factory, certificate: ca/ca.pem, key: ca/ca-key.pem }\n`,
    );
  });
  afterAll(() => line.stop());

  const eventsOf = (audit: string): readonly RunEvent[] => {
    const db = new Database(audit, { readonly: true });
    try {
      const bodies = db.prepare<[], string>("SELECT body FROM event WHERE run IS NOT NULL ORDER BY position").pluck();
      return bodies.all().map((body) => JSON.parse(body) as RunEvent);
    } finally {
      db.close();
    }
  };
  const certificatesOf = async (audit: string): Promise<readonly CertificateRow[]> => {
    const { stdout } = await callMain(["ca", "list", "--db", audit, "--json"]);
    return (JSON.parse(stdout) as { certificates: CertificateRow[] }).certificates;
  };
  const run = (audit: string, profile: string, further: readonly string[] = []) =>
    station(
      [
        ...["run", "--recipe", line.path("recipe.yaml"), "--fixture", line.path("fixture.yaml"), "--json"],
        ...["--profile", line.path(profile), "--audit", line.path(audit), ...further],
      ],
      { SPEC_OWNER_KEY: line.service.ownerKey },
    );

  it("refuses to start where the profile has no such CA, or its key can be read by others; nothing is touched", async () => {
    const none = await run("none.db", "profile.yaml");
    expect(none.code).toBe(2);
    expect((lastJson(none) as { error: { code: string } }).error.code).toBe("pki.authority-unknown");
    chmodSync(line.path("ca/ca-key.pem"), 0o644);
    const exposed = await run("none.db", "profile.yaml", ["--ca-profile", line.path("ca/authority.json")]);
    chmodSync(line.path("ca/ca-key.pem"), 0o600);
    expect((lastJson(exposed) as { error: { code: string } }).error.code).toBe("pki.key-exposed");
    expect(eventsOf(line.path("none.db"))).toEqual([]);
  });

  it("gives each unit a certificate that openssl verifies, with the key of the unit's own request", async () => {
    const ended = await run("audit.db", "signing.yaml");
    expect(lastJson(ended)).toMatchObject({ units: UNITS, pass: UNITS });
    const events = eventsOf(line.path("audit.db"));
    const issued = events.filter((event) => event.type === "certificate.issued");
    expect(issued).toHaveLength(UNITS);
    expect(new Set(issued.map(({ serial }) => serial)).size).toBe(UNITS);
    for (const certificate of issued) {
      const own = events.filter(({ runId }) => runId === certificate.runId);
      const request = own.find((event) => event.type === "artefact.made" && event.name.startsWith("csr "));
      const csr = request?.type === "artefact.made" ? (request.text ?? "") : "";
      expect(openssl(["req", "-verify", "-noout"], csr)).toBe("");
      const file = line.write("device.pem", certificate.pem);
      expect(openssl(["verify", "-purpose", "sslclient", "-CAfile", line.path("ca/ca.pem"), file])).toContain("OK");
      expect(openssl(["x509", "-noout", "-pubkey"], certificate.pem)).toBe(openssl(["req", "-noout", "-pubkey"], csr));
      const unit = own.find((event) => event.type === "unit.identified");
      const uuid = unit?.type === "unit.identified" ? unit.device.uuid : "";
      expect(new X509Certificate(certificate.pem).subject).toBe(`CN=${uuid}`);
      const verified = own.flatMap((event) => (event.type === "credential.verified" ? [event] : []));
      expect(verified.map(({ credential, verdict }) => [credential, verdict])).toContainEqual([1, "match"]);
    }
  });

  it("lists what was given out, and the record fits it; keys are in no file", async () => {
    const rows = await certificatesOf(line.path("audit.db"));
    expect(rows).toHaveLength(UNITS);
    for (const row of rows)
      expect(row).toMatchObject({ run: expect.any(String) as string, uuid: expect.any(String) as string });
    const text = (await callMain(["ca", "list", "--db", line.path("audit.db")])).stdout;
    expect(text).toContain(rows[0]?.serial ?? "?");
    expect((await callMain(["verify", line.path("audit.db")])).code).toBe(0);
    const body = line.read("ca/ca-key.pem").split("\n")[1] ?? "?";
    expect(line.read("audit.db")).not.toContain(body);
    expect(statSync(line.path("ca/ca-key.pem")).mode & 0o777).toBe(0o600);
  });

  it("writes what onboards the units at the cloud account, as the service takes it", async () => {
    const [audit, dir] = [line.path("audit.db"), line.path("cloud")];
    const write = ["onboarding", "--audit", audit, "--dir", dir, "--tags", "eu,pilot", "--subtype", "tracker"];
    expect(JSON.parse((await callMain([...write, "--json"])).stdout)).toMatchObject({
      units: UNITS,
      certificates: UNITS,
    });
    const lines = line.read("cloud/devinfo.csv").trimEnd().split("\n");
    expect(lines).toHaveLength(UNITS);
    for (const text of lines) expect(text).toMatch(/^[0-9a-f-]{36},mfw_nrf91x1_[0-9.]+,\d{15}$/);
    const csv = line.read("cloud/onboard.csv");
    expect(csv).toMatch(/^[0-9a-f-]{36},tracker,eu\|pilot,APP\|MODEM,"-----BEGIN CERTIFICATE-----\n/);
    const headers = { Authorization: `Bearer ${line.service.ownerKey}`, "Content-Type": "text/csv" };
    const { owner, ca } = line.service;
    const taken = await ask(`${owner}/v1/devices`, readFileSync(ca, "utf8"), { method: "POST", headers, body: csv });
    expect(taken.status).toBe(202);
    const { bulkOpsRequestId } = JSON.parse(taken.body.toString()) as { bulkOpsRequestId: string };
    const operation = await ask(`${owner}/v1/bulk-ops-requests/${bulkOpsRequestId}`, readFileSync(ca, "utf8"), {
      headers,
    });
    expect(JSON.parse(operation.body.toString())).toMatchObject({ status: "SUCCEEDED" });
  });

  it("signs for a board that provisions itself too: its request comes from the owner's side", async () => {
    const simulate = ["simulate", "--units", "1", "--firmware", "serial-modem", "--profile", line.path("profile.yaml")];
    const board = startStation([...simulate, "--json"]);
    try {
      const { units } = JSON.parse(await board.firstLine) as TrayLine["modems"];
      const port = units[0]?.link.replace("tcp://", "") ?? "";
      const slots = `slots:\n  - { slot: "1", row: 1, column: 1, port: { tcp: "${port}" } }\n`;
      const fixture = line.write(
        "board.yaml",
        `fixture: 1\nname: Board\nrows: 1\ncolumns: 1\nline: { flowControl: none }\n${slots}`,
      );
      const recipe = line.read("recipe.yaml").replace("commands:", "provision: { by: serial-modem }\ncommands:");
      const files = ["--recipe", line.write("board-recipe.yaml", recipe), "--fixture", fixture];
      const further = ["--profile", line.path("signing.yaml"), "--audit", line.path("board.db"), "--json"];
      const ended = await station(["run", ...files, ...further], line.environment);
      const events = eventsOf(line.path("board.db"));
      expect(lastJson(ended)).toMatchObject({ pass: 1 });
      const issued = events.flatMap((event) => (event.type === "certificate.issued" ? [event.pem] : []));
      const file = line.write("board.pem", issued[0] ?? "");
      expect(openssl(["verify", "-CAfile", line.path("ca/ca.pem"), file])).toContain("OK");
      const verified = events.flatMap((event) => (event.type === "credential.verified" ? [event] : []));
      expect(verified.map(({ credential, verdict }) => [credential, verdict])).toContainEqual([1, "match"]);
    } finally {
      board.kill("SIGTERM");
      await board.ended;
    }
  });

  it("signs a request by hand through the same record: again the same certificate, another one only when asked to", async () => {
    const uuid = "50363154-3931-44f0-8022-121b6401627d";
    const csr = line.write("unit.csr", testRequest());
    const sign = async (...further: string[]) => {
      const files = ["--ca", line.path("ca/authority.json"), "--db", line.path("hand.db"), "--json"];
      const ended = await callMain(["ca", "sign", csr, ...files, ...further]);
      return { code: ended.code, object: JSON.parse(ended.stdout) as { pem: string; serial: string; error?: unknown } };
    };
    const first = await sign("--uuid", uuid, "--out", line.path("unit.pem"));
    expect(openssl(["verify", "-CAfile", line.path("ca/ca.pem"), line.path("unit.pem")])).toContain("OK");
    expect(line.read("unit.pem")).toBe(first.object.pem);
    expect((await sign("--uuid", uuid)).object.serial).toBe(first.object.serial);
    expect((await sign("--uuid", uuid, "--anew")).object.serial).not.toBe(first.object.serial);
    expect(await sign()).toMatchObject({ code: 2, object: { error: { code: "pki.subject-incomplete" } } });
    expect(await certificatesOf(line.path("hand.db"))).toHaveLength(2);
    expect((await callMain(["verify", line.path("hand.db")])).code).toBe(0);
    const twice = await callMain(["ca", "init", "--dir", line.path("ca"), "--name", "factory", "--json"]);
    expect(JSON.parse(twice.stdout)).toMatchObject({ error: { code: "pki.files-there" } });
  });
});
