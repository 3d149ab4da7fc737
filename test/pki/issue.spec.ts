import { randomBytes, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { minutes } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { readCertificateRequest } from "../../src/pki/certificate-request.ts";
import { openFileSigner } from "../../src/pki/file-signer.ts";
import { issueCertificate, newSerial } from "../../src/pki/issue.ts";
import type { CertificateSigner } from "../../src/pki/signer.ts";
import { generateP256Key } from "../../src/simulator/p256.ts";
import { openssl, testAuthority, TestFolder, testRequest } from "../fakes/test-authority.ts";

const uuid = "50363154-3931-44f0-8022-121b6401627d";
const facts = { uuid, imei: "352656100367872" };
let folder: TestFolder;
let clock: VirtualClock;
beforeEach(() => {
  folder = new TestFolder();
  clock = new VirtualClock();
});
afterEach(() => folder.remove());

function order(pem: string, rules = { subject: "CN={{uuid}}", days: 365 }) {
  return { request: readCertificateRequest(pem), serial: newSerial(randomBytes), rules, facts, clock };
}

function verified(pem: string, authority: string): string {
  const [file, at] = [folder.file("device.pem", pem), String(Math.floor(clock.now() / 1000))];
  return openssl(["verify", "-x509_strict", "-purpose", "sslclient", "-attime", at, "-CAfile", authority, file]);
}

describe("a certificate of a CA of one's own", () => {
  it.each([false, true])(
    "is verified by openssl for a client; its key is the request's (NULL parameters: %s)",
    async (nulls) => {
      const files = await testAuthority(folder, clock);
      const key = generateP256Key();
      const pem = testRequest(key, "CN=anything,O=at all", nulls);
      expect(openssl(["req", "-verify", "-noout"], pem)).toBe("");
      const issued = await issueCertificate(await openFileSigner(files), order(pem));
      expect(verified(issued.pem, files.certificate)).toContain("OK");
      const text = openssl(["x509", "-noout", "-text"], issued.pem);
      expect(text).toMatch(/Subject: CN ?= ?50363154-3931-44f0-8022-121b6401627d\n/);
      for (const part of ["CA:FALSE", "Digital Signature\n", "TLS Web Client Authentication\n", "Version: 3"])
        expect(text).toContain(part);
      expect(text).not.toContain("Non Repudiation");
      const publicKey = new X509Certificate(issued.pem).publicKey.export({ type: "spki", format: "der" });
      expect(publicKey.equals(Buffer.from(key.publicDer))).toBe(true);
      expect(
        openssl(["x509", "-noout", "-fingerprint", "-sha256"], issued.pem).replaceAll(":", "").toLowerCase(),
      ).toContain(issued.sha256);
    },
  );

  it("is verified under RSA and P-384 keys of openssl's making", async () => {
    for (const kind of [["rsa:2048"], ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]]) {
      const [key, certificate] = [join(folder.path, "k.pem"), join(folder.path, "c.pem")];
      openssl([
        "req",
        "-x509",
        "-new",
        "-nodes",
        "-subj",
        "/CN=Big/O=Example",
        "-days",
        "3650",
        "-newkey",
        ...kind,
        "-addext",
        "keyUsage=critical,keyCertSign",
        "-keyout",
        key,
        "-out",
        certificate,
      ]);
      clock = new VirtualClock(Date.parse(new X509Certificate(readFileSync(certificate)).validFrom) + 1000);
      const issued = await issueCertificate(await openFileSigner({ key, certificate }), order(testRequest()));
      expect(verified(issued.pem, certificate)).toContain("OK");
    }
  });

  it("ends with its CA at the latest, and begins no sooner", async () => {
    const files = await testAuthority(folder, clock);
    const signer = await openFileSigner(files);
    const issued = await issueCertificate(signer, order(testRequest(), { subject: "CN={{uuid}}", days: 36_500 }));
    const [own, ca] = [new X509Certificate(issued.pem), new X509Certificate(readFileSync(files.certificate))];
    expect(own.validTo).toBe(ca.validTo);
    expect(Date.parse(own.validFrom)).toBe(Date.parse(ca.validFrom));
    expect(Date.parse(issued.notAfter)).toBe(Date.parse(own.validTo));
  });

  it("is not made by a CA that has ended", async () => {
    const signer = await openFileSigner(await testAuthority(folder, clock));
    await clock.advance(minutes(60 * 24 * 3651));
    await expect(issueCertificate(signer, order(testRequest()))).rejects.toMatchObject({
      code: "pki.authority-expired",
    });
  });

  it("takes its subject from what is known of the unit, whatever a label says", async () => {
    const signer = await openFileSigner(await testAuthority(folder, clock));
    const rules = { subject: "O=Example\\, Inc.,CN={{boardSerial}}-{{imei}}", days: 1 };
    const hostile = { ...order(testRequest(), rules), facts: { ...facts, boardSerial: "A,O=Evil\\" } };
    const issued = await issueCertificate(signer, hostile);
    expect(new X509Certificate(issued.pem).subject).toBe("O=Example\\, Inc.\nCN=A\\,O=Evil\\\\-352656100367872");
    await expect(issueCertificate(signer, order(testRequest(), rules))).rejects.toMatchObject({
      code: "pki.subject-incomplete",
      facts: { missing: "boardSerial" },
    });
  });

  it("is not given out when the signature is wrong", async () => {
    const signer = await openFileSigner(await testAuthority(folder, clock));
    const broken: CertificateSigner = {
      ...signer,
      chain: signer.chain,
      algorithm: signer.algorithm,
      sign: () => signer.sign(Uint8Array.of(1)),
    };
    await expect(issueCertificate(broken, order(testRequest()))).rejects.toMatchObject({ code: "pki.signing-failed" });
  });

  it("has a serial number of 16 bytes that is positive", () => {
    for (const fill of [0, 0x80, 0xff]) {
      const serial = newSerial((count) => new Uint8Array(count).fill(fill));
      expect(serial).toHaveLength(16);
      expect(serial[0]).toBeGreaterThanOrEqual(0x40);
      expect(serial[0]).toBeLessThan(0x80);
    }
  });
});
