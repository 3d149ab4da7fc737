import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCertificates } from "../../src/audit/read-certificates.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import { at, batchStart, runId, uuidOf } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const authority = "a".repeat(64);
const order = { authority, csrSha256: "c".repeat(64) };
const signed = { authority, serial: "41", sha256: "d".repeat(64), subject: "CN=u", notAfter: at(9), pem: "PEM\n" };

describe("the certificates in a database", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open();
    await store.startBatch(batchStart());
    await store.certificates.allot({ ...order, serial: "41", uuid: uuidOf(1), run: runId(1) });
    await store.certificates.record(signed);
    await store.certificates.allot({ ...order, serial: "42" });
    await store.close();
  });
  afterEach(() => temp.dispose());

  it("are what the chain tells, and can be read beside it", async () => {
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
    const { serial, sha256, subject, notAfter, pem } = signed;
    expect(readCertificates(temp.file)).toMatchObject([
      { serial, sha256, subject, notAfter, pem, uuid: uuidOf(1), run: runId(1) },
      { serial: "42" },
    ]);
    expect(readCertificates(temp.file)[1]).not.toHaveProperty("pem");
  });

  it.each([
    ["UPDATE issued_certificate SET pem = 'other' WHERE serial = '41'", "its certificate is not what its event tells"],
    ["UPDATE issued_certificate SET uuid = NULL WHERE serial = '41'", "its order is not what its event tells"],
    ["DELETE FROM issued_certificate WHERE serial = '42'", "the row is missing"],
    [
      "UPDATE issued_certificate SET sha256 = 'x', pem = 'x' WHERE serial = '42'",
      "there are certificates that no event tells of",
    ],
    [
      `INSERT INTO issued_certificate (authority, serial, csr_sha256, allotted_at) VALUES ('${authority}', '43', '${"c".repeat(64)}', 'now')`,
      "there are numbers that no event tells of",
    ],
  ])("are found changed: %s", async (sql, what) => {
    temp.tamper(`PRAGMA ignore_check_constraints = ON; ${sql}`);
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: false, misfit: { table: "issued_certificate", what } });
  });

  it("stay as they are: the database refuses to change or delete them", () => {
    const refused = (sql: string) => () => temp.tamper(sql, { triggers: true });
    expect(refused("UPDATE issued_certificate SET pem = 'x' WHERE serial = '41'")).toThrow(/cannot be changed/);
    expect(refused("UPDATE issued_certificate SET serial = '43' WHERE serial = '42'")).toThrow(/cannot be changed/);
    expect(refused("DELETE FROM issued_certificate")).toThrow(/cannot be deleted/);
  });
});
