import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import { readAnchors } from "../../src/dtls/certificate/anchors.ts";
import { readCertificate } from "../../src/dtls/certificate/certificate.ts";
import { checkServerCertificate } from "../../src/dtls/certificate/check-server-certificate.ts";
import { certificatesOfPem } from "../../src/dtls/certificate/pem.ts";
import { readServerIdentity } from "../../src/dtls/certificate/server-identity.ts";
import { CA, LEAF, P256, P384, TestPki } from "../fakes/dtls-pki.ts";
import { dtlsRig, failureOf } from "../fakes/dtls-rig.ts";

const pki = new TestPki();
const NOW = Date.now() + 60_000;

beforeAll(() => {
  pki.runScript();
  const issue = (name: string, extensions: readonly string[], more = {}): void =>
    pki.make(name, { issuer: "root", extensions, ...more });
  const without = (word: string): string[] => LEAF.filter((line) => !line.startsWith(word));
  issue("direct", LEAF);
  issue("p384", LEAF, { key: P384 });
  issue("p521", LEAF, { key: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"] });
  issue("rsaleaf", LEAF, { key: ["-algorithm", "RSA"] });
  issue("ed25519", LEAF, { key: ["-algorithm", "ED25519"] });
  issue("sha1", LEAF, { hash: "sha1" });
  issue("version1", []);
  issue("commonname", without("subjectAltName"), { subject: "/CN=localhost" });
  issue(
    "nousage",
    without("extendedKeyUsage").filter((line) => !line.startsWith("keyUsage")),
  );
  issue("nosignca", [CA[0] ?? "", "keyUsage=critical,cRLSign"]);
  pki.make("undernosign", { issuer: "nosignca" });
  issue("clientca", [...CA, "extendedKeyUsage=clientAuth"]);
  pki.make("underclient", { issuer: "clientca" });
  issue("weakca", CA, { key: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"] });
  pki.make("underweak", { issuer: "weakca" });
  pki.make("stranger", { subject: "/CN=Nobody knows me", extensions: CA });
  pki.make("strangerint", { issuer: "stranger", extensions: CA });
  pki.make("understranger", { issuer: "strangerint" });
  pki.make("pinned", { key: P256 });
  pki.make("twin0", { subject: "/CN=Twin", extensions: CA });
  for (let index = 1; index < 9; index++)
    pki.make(`twin${index}`, { issuer: "twin0", keyOf: "twin0", subject: "/CN=Twin", extensions: CA });
});

afterAll(() => pki.remove());

const GOOD = { serverName: "localhost", now: NOW, ca: "root.pem" };

function checkOf(chain: string, options: Partial<typeof GOOD> = {}) {
  const { serverName, now, ca } = { ...GOOD, ...options };
  return checkServerCertificate(certificatesOfPem(chain), { anchors: readAnchors(pki.text(ca)), serverName, now });
}

function refusalOf(chain: string, options: Partial<typeof GOOD> = {}): StationError {
  try {
    checkOf(chain, options);
  } catch (error) {
    return asStationError(error);
  }
  throw new TypeError("it was accepted");
}

describe("the chains of test-pki.sh", () => {
  it.each(["leaf", "big"])("%s is accepted, by name and by address", (name) => {
    const chain = pki.text(`${name}.chain.pem`);
    const leaf = new X509Certificate(chain);
    const { leaf: checked, until } = checkOf(chain);
    expect(checked.fingerprint).toBe(leaf.fingerprint256.replaceAll(":", "").toLowerCase());
    expect(until).toBeLessThanOrEqual(Date.parse(leaf.validTo));
    expect(checkOf(chain, { serverName: "127.0.0.1" }).leaf.fingerprint).toBe(checked.fingerprint);
    expect(checkOf(chain, { serverName: "prov.test" }).leaf.fingerprint).toBe(checked.fingerprint);
  });

  const bad = [
    ["wrongca", "dtls.certificate-wrong-ca", { certificate: "O=Test, CN=Test Intermediate" }],
    ["wronghost", "dtls.certificate-host", { host: "localhost", names: "DNS:other.test" }],
    ["expired", "dtls.certificate-expired", { validTo: "2021-01-01T00:00:00.000Z" }],
    ["future", "dtls.certificate-not-yet-valid", { validFrom: "2040-01-01T00:00:00.000Z" }],
    ["noeku", "dtls.certificate-purpose", {}],
    ["noku", "dtls.certificate-key-usage", {}],
    ["rogue", "dtls.certificate-issuer-not-ca", { certificate: "CN=localhost" }],
    ["deep", "dtls.certificate-path-length", { allowed: 0, found: 1 }],
    ["selfs", "dtls.certificate-self-signed", {}],
    ["critext", "dtls.certificate-critical-extension", { extension: "1.2.3.4.5.6" }],
    ["noint", "dtls.certificate-incomplete", { issuer: "O=Test, CN=Test Intermediate" }],
  ] as const;

  it.each(bad)("%s is refused as %s", (name, code, facts) => {
    const refusal = refusalOf(pki.text(`${name}.chain.pem`));
    expect(refusal).toMatchObject({ code, facts });
    expect(refusal.advice.length).toBeGreaterThan(40);
  });

  it.each(bad)("%s gets no connection, and its server is told", async (name, code) => {
    const shown = { certificate: pki.text(`${name}.chain.pem`), key: pki.key(name) };
    const rig = await dtlsRig(pki, { server: shown });
    expect(await failureOf(rig.connect({ serverName: "localhost" }))).toMatchObject({ code });
    await rig.clock.advance(seconds(1));
    expect(rig.accepted).toEqual([]);
    expect(rig.refused).toMatchObject([{ code: "dtls.peer-alert", facts: { authentic: false } }]);
    await rig.server.close();
  });

  it("have a code and a sentence each", () => {
    const refusals = bad.map(([name]) => refusalOf(pki.text(`${name}.chain.pem`)));
    expect(new Set(refusals.map(({ code }) => code)).size).toBe(bad.length);
    expect(new Set(refusals.map(({ advice }) => advice)).size).toBe(bad.length);
  });

  it("of a good server are refused under another root, also one of the same name", () => {
    expect(refusalOf(pki.text("leaf.chain.pem"), { ca: "otherroot.pem" }).code).toBe("dtls.certificate-untrusted");
    expect(refusalOf(pki.text("leaf.chain.pem"), { ca: "badroot.pem" }).code).toBe("dtls.certificate-wrong-ca");
  });
});

describe("further certificates", () => {
  it.each(["direct", "p384", "nousage"])("%s is accepted", (name) => {
    expect(checkOf(pki.chain(name)).leaf.key.asymmetricKeyType).toBe("ec");
  });

  it.each([
    ["p521", "dtls.certificate-weak-key"],
    ["rsaleaf", "dtls.certificate-weak-key"],
    ["ed25519", "dtls.certificate-weak-key"],
    ["sha1", "dtls.certificate-weak-signature"],
    ["version1", "dtls.certificate-version"],
    ["commonname", "dtls.certificate-host"],
    ["undernosign nosignca", "dtls.certificate-issuer-usage"],
    ["underclient clientca", "dtls.certificate-purpose"],
    ["underweak weakca", "dtls.certificate-weak-key"],
    ["understranger strangerint stranger", "dtls.certificate-untrusted"],
    ["pinned", "dtls.certificate-self-signed"],
  ])("%s is refused as %s", (names, code) => {
    expect(refusalOf(pki.chain(...names.split(" "))).code).toBe(code);
  });

  it("is trusted by itself once a person has pinned it", () => {
    expect(checkOf(pki.chain("pinned"), { ca: "pinned.pem" }).leaf.key.type).toBe("public");
  });

  it("counts dates to the second, of every certificate of the path", () => {
    const { validFrom, validTo } = new X509Certificate(pki.text("direct.pem"));
    expect(refusalOf(pki.chain("direct"), { now: Date.parse(validFrom) - 1 }).code).toBe(
      "dtls.certificate-not-yet-valid",
    );
    expect(checkOf(pki.chain("direct"), { now: Date.parse(validTo) }).until).toBe(Date.parse(validTo));
    expect(refusalOf(pki.chain("direct"), { now: Date.parse(validTo) + 1 }).code).toBe("dtls.certificate-expired");
    const years = Date.parse(validTo) + 20 * 365 * 86_400_000;
    expect(refusalOf(pki.chain("direct"), { now: years }).facts["certificate"]).toContain("Test Root CA");
  });

  it.each(["localhost.evil.example", "ocalhost", "*", "", "127.0.0.2", "::1"])(
    "is not for the host %j",
    (serverName) => {
      expect(refusalOf(pki.chain("direct"), { serverName }).code).toBe("dtls.certificate-host");
    },
  );

  it("is for its host in capitals too", () => {
    expect(checkOf(pki.chain("direct"), { serverName: "LOCALHOST" }).until).toBeGreaterThan(NOW);
  });

  it("finds the path whatever the order, and past certificates that lead nowhere", () => {
    const shuffled = pki.chain("leaf", "stranger", "int2", "root", "int");
    expect(checkOf(shuffled).leaf.key.type).toBe("public");
  });

  it("stops looking when many certificates could have issued one another", () => {
    const twins = Array.from({ length: 8 }, (_, index) => `twin${index + 1}`);
    expect(refusalOf(pki.chain(...twins), { ca: "otherroot.pem" }).code).toBe("dtls.certificate-chain-too-long");
  });
});

describe("what cannot be read", () => {
  it("is refused with a code, whatever bytes were changed, cut or added", () => {
    const leaf = certificatesOfPem(pki.text("leaf.pem"))[0] ?? new Uint8Array(0);
    fc.assert(
      fc.property(fc.nat(leaf.length - 1), fc.nat(255), fc.nat(leaf.length), (at, byte, cut) => {
        const changed = Uint8Array.from(leaf);
        changed[at] = byte;
        for (const der of [changed, leaf.subarray(0, cut), Buffer.concat([changed, leaf.subarray(0, cut + 1)])])
          expect(codeOf(der)).toMatch(/^(read|dtls\.certificate-malformed)$/);
      }),
      { numRuns: 1000 },
    );
  });

  it("is refused when it is PEM, where DER is due", () => {
    expect(() => readCertificate(Buffer.from(pki.text("leaf.pem")))).toThrow(StationError);
  });

  it.each(["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])(
    "is no CA of a profile: %j",
    (text) => {
      expect(() => readAnchors(text)).toThrow(expect.objectContaining({ code: "transport.bad-ca" }));
    },
  );
});

describe("a server's own identity", () => {
  it("is a chain with the leaf's key on P-256 or P-384", () => {
    expect(readServerIdentity(pki.text("leaf.chain.pem"), pki.key("leaf"))).toMatchObject({ curve: "prime256v1" });
    expect(readServerIdentity(pki.chain("p384"), pki.key("p384"))).toMatchObject({ curve: "secp384r1" });
  });

  it.each([
    ["leaf", "attacker", "the key is not the certificate's"],
    ["rsaleaf", "rsaleaf", "the key is not of P-256 or P-384"],
  ])("is refused: certificate %s with key %s", async (certificate, key, why) => {
    const refused = await failureOf(
      Promise.resolve().then(() => readServerIdentity(pki.chain(certificate), pki.key(key))),
    );
    expect(refused).toMatchObject({ code: "dtls.bad-identity", facts: { why } });
  });
});

/** `read`, or the code of the refusal; anything but a StationError is thrown on. */
function codeOf(der: Uint8Array): string {
  try {
    readCertificate(der);
    return "read";
  } catch (error) {
    if (error instanceof StationError) return error.code;
    throw error;
  }
}
