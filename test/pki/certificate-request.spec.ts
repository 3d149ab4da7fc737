import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { readCertificateRequest } from "../../src/pki/certificate-request.ts";
import { pemText } from "../../src/pki/x509-writer.ts";
import { generateP256Key } from "../../src/simulator/p256.ts";
import { openssl, testRequest } from "../fakes/test-authority.ts";
import tokens from "../fixtures/vectors/tokens.json" with { type: "json" };

const good = testRequest();
const der = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");

function codeOf(pem: string): string {
  try {
    readCertificateRequest(pem);
    return "none";
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    return error.code;
  }
}

const request = (bytes: Uint8Array): string => pemText("CERTIFICATE REQUEST", bytes);

describe("a certificate request", () => {
  it("gives its key, digest and the subject that it asks for", () => {
    const key = generateP256Key();
    const read = readCertificateRequest(testRequest(key, "CN=d,O=Example"));
    expect(Buffer.from(read.publicKey).equals(Buffer.from(key.publicDer))).toBe(true);
    expect(read.subject).toBe("CN=d,O=Example");
    expect(read.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(tokens.keygen.filter(({ csr }) => csr !== undefined).map(({ name, derHex }) => [name, derHex]))(
    "of a real modem is read or refused as openssl does: %s",
    (_name, derHex) => {
      const pem = request(Buffer.from(derHex, "hex"));
      let verifies = true;
      try {
        openssl(["req", "-verify", "-noout"], pem);
      } catch {
        verifies = false;
      }
      expect(codeOf(pem)).toBe(verifies ? "none" : "pki.request-forged");
    },
  );

  it("is refused when another key signed it", () => {
    const bytes = der(good);
    const other = der(testRequest());
    const point = bytes.indexOf(Buffer.from("03420004", "hex")) + 4;
    const from = other.indexOf(Buffer.from("03420004", "hex")) + 4;
    other.copy(bytes, point, from, from + 64);
    expect(codeOf(request(bytes))).toBe("pki.request-forged");
  });

  it("is refused when its key is no point on P-256", () => {
    const bytes = der(good);
    const point = bytes.indexOf(Buffer.from("03420004", "hex")) + 4;
    bytes.fill(1, point, point + 64);
    expect(codeOf(request(bytes))).toBe("pki.request-key");
  });

  it.each([
    ["P-384", ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]],
    ["RSA", ["rsa:2048"]],
  ])("is refused with a key on %s", (_name, kind) => {
    const pem = openssl(["req", "-new", "-nodes", "-newkey", ...kind, "-subj", "/CN=x", "-keyout", "/dev/null"]);
    expect(["pki.request-key", "pki.request-malformed"]).toContain(codeOf(pem));
  });

  it.each([
    "",
    "hello",
    pemText("CERTIFICATE", der(good)),
    `${good}${good}`,
    `-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----`,
    "x".repeat(20_000),
  ])("is refused when it is none: %#", (text) => {
    expect(codeOf(text)).toBe("pki.request-malformed");
  });

  it("is never taken when a byte of it was altered, cut or added, and the error is its own", () => {
    const bytes = der(good);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Uint8Array.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ change;
        expect(codeOf(request(altered))).toMatch(/^pki\.request-/);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(codeOf(request(bytes.subarray(0, length)))).toBe("pki.request-malformed");
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (junk) => {
        expect(codeOf(request(Buffer.concat([bytes, junk])))).toBe("pki.request-malformed");
        expect(codeOf(request(junk))).toBe("pki.request-malformed");
        expect(codeOf(Buffer.from(junk).toString("latin1"))).toBe("pki.request-malformed");
      }),
      { numRuns: 100 },
    );
  });
});
