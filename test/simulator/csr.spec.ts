import { execFileSync } from "node:child_process";
import { X509Certificate, createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { DEFAULT_KEY_USAGE, isKeyUsage, makeCsr } from "../../src/simulator/csr.ts";
import { deriveP256Key, generateP256Key, importP256Key, exportP256Key } from "../../src/simulator/p256.ts";
import { subjectDer } from "../../src/core/distinguished-name.ts";
import tokens from "../fixtures/vectors/tokens.json" with { type: "json" };

const key = deriveP256Key("a key for requests");

function csr(attributes: string, keyUsage = DEFAULT_KEY_USAGE, nullParameters = false): Buffer {
  const subject = subjectDer(attributes);
  if (subject === undefined) throw new TypeError("no subject");
  return Buffer.from(makeCsr({ key, subject, keyUsage, nullParameters }));
}

function openssl(der: Buffer): string {
  const args = ["req", "-verify", "-noout", "-text", "-subject", "-nameopt", "RFC2253", "-inform", "DER"];
  return execFileSync("openssl", args, { input: der, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
}

describe("makeCsr", () => {
  it("makes a request that openssl verifies, with subject and key usage", () => {
    const text = openssl(csr("CN=50363154-3931-44f0-8022-121b6401627d"));
    expect(text).toContain("CN=50363154-3931-44f0-8022-121b6401627d");
    expect(text).toContain("Digital Signature, Non Repudiation, Key Encipherment, Key Agreement");
    expect(text).toContain("ASN1 OID: prime256v1");
    expect(text).toContain("Version: 1 (0x0)");
  });

  it("carries the cloud's key usage, a ninth bit and none at all", () => {
    expect(openssl(csr("CN=d", "101010000"))).toContain("Digital Signature, Key Encipherment, Key Agreement");
    expect(openssl(csr("CN=d", "000010001"))).toContain("Key Agreement, Decipher Only");
    expect(openssl(csr("CN=d", "000000000"))).toContain("Signature Algorithm: ecdsa-with-SHA256");
  });

  it("carries several attributes in order", () => {
    const text = openssl(csr("CN=nrf-355025930000000,O=Example\\, Inc.,OU=Line 1,C=NO,L=Trondheim"));
    expect(text).toContain("L=Trondheim,C=NO,OU=Line 1,O=Example\\, Inc.,CN=nrf-355025930000000");
  });

  it("is verified by openssl with NULL parameters too, as older firmware writes it", () => {
    expect(openssl(csr("CN=d", DEFAULT_KEY_USAGE, true))).toContain("CN=d");
  });

  it.each([
    ["keygen-1", true],
    ["keygen-2", false],
    ["test_keygen_imei", true],
  ])("has the layout of the real request %s byte for byte, but for key and signature", (name, nullParameters) => {
    const real = tokens.keygen.find((one) => one.name === name);
    const der = Buffer.from(real?.derHex ?? "", "hex");
    const ours = csr(real?.csr?.subject ?? "", DEFAULT_KEY_USAGE, nullParameters);
    const strip = (bytes: Buffer): string => {
      const point = bytes.indexOf(Buffer.from("03420004", "hex"));
      const rest = bytes.subarray(point + 68);
      const signature = rest.indexOf(Buffer.from("2a8648ce3d040302", "hex"));
      return (
        bytes.subarray(4, point).toString("hex") +
        rest.subarray(0, signature + (nullParameters ? 10 : 8)).toString("hex")
      );
    };
    expect(strip(ours)).toBe(strip(der));
  });
});

describe("subjectDer", () => {
  it.each(["", "CN", "CN=", "=x", "XX=1", "CN=a,,O=b", "C=NØ", `CN=${"x".repeat(257)}`, "constructor=1"])(
    "refuses %j",
    (text) => {
      expect(subjectDer(text)).toBeUndefined();
    },
  );
});

describe("isKeyUsage", () => {
  it("wants nine bits", () => {
    expect(isKeyUsage("111010000")).toBe(true);
    expect(["", "11101000", "1110100000", "11101000x"].map(isKeyUsage)).toEqual([false, false, false, false]);
  });
});

describe("P-256 keys", () => {
  it("survive export and import, and nothing else is taken for one", () => {
    const made = generateP256Key();
    expect(importP256Key(exportP256Key(made))?.kid).toBe(made.kid);
    const pem = made.privateKey.export({ type: "sec1", format: "pem" });
    expect(importP256Key(Buffer.from(pem))?.kid).toBe(made.kid);
    expect(importP256Key(Buffer.from("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"))).toBeUndefined();
    expect(importP256Key(new Uint8Array(0))).toBeUndefined();
    expect(importP256Key(Buffer.from("secret"))).toBeUndefined();
  });

  it("have a public key that node and openssl understand", () => {
    expect(key.publicDer).toHaveLength(91);
    expect(createPublicKey({ key: Buffer.from(key.publicDer), format: "der", type: "spki" }).asymmetricKeyType).toBe(
      "ec",
    );
    expect(() => new X509Certificate(Buffer.from(key.publicDer))).toThrow(Error);
  });
});
