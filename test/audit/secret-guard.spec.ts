import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SignJWT } from "jose";
import { canonicalJson } from "../../src/audit/canonical-json.ts";
import { refuseSecrets } from "../../src/audit/secret-guard.ts";
import { note, finished, announced, identified } from "./samples.ts";
import { failureOf } from "./samples.ts";

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (type: "pkcs8" | "sec1"): string => privateKey.export({ type, format: "pem" }).toString();
const der = (type: "pkcs8" | "sec1"): Buffer => privateKey.export({ type, format: "der" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "der" });
const jwt = await new SignJWT({ iss: "x" }).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
const TOKEN = `2dn3hQFQUDYxVDkxRPCAIhIbZAFifQNQGv86y_GmR2SiY0wmRsHGVFDT791_BPH8YOWFiyCHND1q.0oRDoQEmoQRBIfZYQGuXwJliinHc6xDPruiyjsaXyXZbZVpUuOhHG9YS8L05VuglCcJhMN4EUhWVGpaHgNnHHno6ahi-d5tOeZmAcNY`;
const broken = (text: string): string => text.replaceAll(/.{20}/g, "$&\r\n");

const found = async (text: string): Promise<unknown> =>
  (await failureOf(() => refuseSecrets(canonicalJson(note(text)), {}))).facts["found"];

describe("refuseSecrets", () => {
  it.each([
    ["a PKCS #8 key in PEM", pem("pkcs8"), "private key (PEM)"],
    ["a SEC 1 key in PEM", pem("sec1"), "private key (PEM)"],
    ["an encrypted key in PEM", "-----BEGIN ENCRYPTED PRIVATE KEY-----", "private key (PEM)"],
    ["an OpenSSH key", "-----BEGIN OPENSSH PRIVATE KEY-----", "private key (PEM)"],
    ["a PKCS #8 key in base64", der("pkcs8").toString("base64"), "private key (DER)"],
    ["a SEC 1 key in base64", der("sec1").toString("base64"), "private key (DER)"],
    ["an RSA key in base64", rsa.toString("base64"), "private key (DER)"],
    ["a PKCS #8 key in hex", der("pkcs8").toString("hex"), "private key (hex)"],
    ["a SEC 1 key in hex", der("sec1").toString("hex").toUpperCase(), "private key (hex)"],
    ["a private JWK", JSON.stringify(privateKey.export({ format: "jwk" })), "private key (JWK)"],
    ["a signed JWT", `Authorization: Bearer ${jwt}`, "signed JWT"],
    ["an attestation token", `%ATTESTTOKEN: "${TOKEN}"`, "attestation token"],
    ["an API key in a header", "Authorization: Bearer 0123456789abcdef", "bearer token"],
    ["a PSK being written", 'AT%CMNG=0,42,3,"1234567890"', "credential in a command"],
    ["a private key being written", 'AT%CMNG=0,42,2,"x"', "credential in a command"],
  ])("finds %s, also when it is broken over lines", async (_name, secret, kind) => {
    expect(await found(`before ${secret} after`)).toBe(kind);
    expect(await found(broken(secret))).toBe(kind);
  });

  it.each([
    ["a redacted write", "%CMNG=0,42,3,[sha256:00 length:10]"],
    ["a redacted write in quotes", '%CMNG=0,42,2,"[sha256:00 length:10]"'],
    ["a certificate being written", 'AT%CMNG=0,42,0,"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"'],
    ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
    ["a public JWK", JSON.stringify(publicKey.export({ format: "jwk" }))],
    ["an unsigned part of a JWT", jwt.split(".").slice(0, 2).join(".")],
    ["a device UUID", "50363154-3931-44f0-8022-121b6401627d"],
  ])("lets %s pass", (_name, text) => {
    expect(() => refuseSecrets(canonicalJson(note(text)), {})).not.toThrow();
  });

  it("lets every event of a usual run pass", () => {
    for (const body of [note("x"), finished("FAIL", "at.timeout"), announced(1), identified(1)])
      expect(() => refuseSecrets(canonicalJson(body), {})).not.toThrow();
  });

  it.each([
    ["eyJ", 5400],
    ["2dn3", 4000],
    ["MIG", 5400],
    ["\r\n", 8000],
  ])("comes to an end on endless %j", (part, times) => {
    expect(() => refuseSecrets(canonicalJson(note(part.repeat(times))), {})).not.toThrow();
  });
});
