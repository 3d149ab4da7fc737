import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CertificateBook } from "../../src/audit/certificate-book.ts";
import type { Authority } from "../../src/contract/authority.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { CertificateIssuer } from "../../src/station/certificate-issuer.ts";
import { MemoryCertificateBook } from "../fakes/memory-certificate-book.ts";
import { PowerCut } from "../fakes/power-cut.ts";
import { testAuthority, TestFolder, testRequest } from "../fakes/test-authority.ts";
import { uuidOf } from "./station-rig.ts";

const uuid = uuidOf("1") as DeviceUuid;
const clock = new VirtualClock();
let folder: TestFolder;
let authority: Authority;
beforeEach(async () => {
  folder = new TestFolder();
  await testAuthority(folder, clock);
  authority = {
    name: "factory",
    certificate: folder.path + "/ca.pem",
    key: folder.path + "/ca-key.pem",
    subject: "CN={{uuid}}",
    days: 10,
  };
});
afterEach(() => folder.remove());

function rig(random = (count: number): Uint8Array => randomBytes(count)) {
  const book = new MemoryCertificateBook({ check: () => undefined, hasRun: () => true });
  const parts = { authorities: [authority], passphraseOf: () => undefined };
  return { book, issuer: new CertificateIssuer({ ...parts, book, clock, random }) };
}

const order = (csr: string) => ({ authority: "factory", csr, uuid, facts: { uuid } });

describe("the issuer of certificates", () => {
  it("gives the same certificate for the same request, also to those who ask at once; another request gets another", async () => {
    const { book, issuer } = rig();
    const csr = testRequest();
    const [one, other] = await Promise.all([issuer.issue(order(csr)), issuer.issue(order(csr))]);
    expect(other).toEqual(one);
    expect(await issuer.issue(order(csr))).toEqual(one);
    expect((await issuer.issue(order(testRequest()))).serial).not.toBe(one.serial);
    expect((await issuer.issue({ ...order(csr), uuid: uuidOf("2") as DeviceUuid })).serial).not.toBe(one.serial);
    expect(book.rows).toHaveLength(3);
  });

  it("takes another number where the first was used, and gives up when chance is broken", async () => {
    let left = 2;
    const { book, issuer } = rig((count) => new Uint8Array(count).fill(left-- > 0 ? 1 : 2));
    await issuer.issue(order(testRequest()));
    await issuer.issue(order(testRequest()));
    expect(book.rows.map(({ serial }) => serial.slice(2))).toEqual(["01".repeat(15), "02".repeat(15)]);
    await expect(issuer.issue(order(testRequest()))).rejects.toMatchObject({ code: "pki.no-serial" });
  });

  it("allots no number for what cannot be signed", async () => {
    const { book, issuer } = rig();
    const code = (work: Promise<unknown>) =>
      work.then(
        () => "none",
        (error: unknown) => asStationError(error).code,
      );
    expect(await code(issuer.issue({ ...order(testRequest()), authority: "other" }))).toBe("pki.authority-unknown");
    expect(await code(issuer.issue({ ...order(testRequest()), facts: {} }))).toBe("pki.subject-incomplete");
    expect(await code(issuer.issue(order("nonsense")))).toBe("pki.request-malformed");
    expect(book.rows).toEqual([]);
  });

  it("signs nothing before its number is on the disk, and gives nothing out before the certificate is", async () => {
    const { book, issuer } = rig();
    const failure = new StationError("audit.full", "the disk is full");
    book.allot = () => Promise.reject(failure);
    await expect(issuer.issue(order(testRequest()))).rejects.toBe(failure);
    const second = rig();
    second.book.record = () => Promise.reject(failure);
    await expect(second.issuer.issue(order(testRequest()))).rejects.toBe(failure);
    expect(second.book.rows).toHaveLength(1);
  });

  it("checks its CAs: name, files and dates", async () => {
    const { issuer } = rig();
    await issuer.check(["factory", "factory"]);
    await expect(issuer.check(["other"])).rejects.toMatchObject({ code: "pki.authority-unknown" });
    folder.file("ca-key.pem", "gone");
    await expect(issuer.check(["factory"])).rejects.toMatchObject({ code: "pki.key-unreadable" });
  });

  it.each(["before book.allot", "after book.allot", "before book.record", "after book.record"])(
    "that loses its power %s uses no number twice, even where chance repeats itself after the start",
    async (place) => {
      const { book } = rig();
      const cut = new PowerCut((points) => points.at(-1) === place);
      const issuerOn = (kept: CertificateBook): CertificateIssuer => {
        let drawn = 0;
        const random = (count: number): Uint8Array => new Uint8Array(count).fill(++drawn);
        return new CertificateIssuer({
          authorities: [authority],
          passphraseOf: () => undefined,
          book: kept,
          clock,
          random,
        });
      };
      const csr = testRequest();
      void issuerOn(cut.wrap("book", book, ["allot", "record"])).issue(order(csr));
      await cut.off;
      const before = book.rows.map(({ serial, sha256 }) => ({ serial, sha256 }));
      const signed = await issuerOn(book).issue(order(csr));
      const isRecorded = before.some(({ sha256 }) => sha256 !== undefined);
      expect(before.length).toBe(place === "before book.allot" ? 0 : 1);
      expect(book.rows).toHaveLength(isRecorded ? 1 : before.length + 1);
      expect(before.filter(({ serial }) => serial === signed.serial)).toHaveLength(isRecorded ? 1 : 0);
    },
  );
});
