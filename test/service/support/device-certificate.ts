import { generateKeyPairSync, randomBytes } from "node:crypto";
import { makeCertificate } from "../../../src/service/certificate.ts";

/** A certificate of its own for a device, as PEM: what an owner's CA would have issued. */
export function makeDeviceCertificate(name: string, curve = "P-256"): string {
  const pair = generateKeyPairSync("ec", { namedCurve: curve });
  const issuer = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const serial = randomBytes(8);
  serial[0] = 1;
  return makeCertificate({
    ...{ subject: name, subjectKey: pair.publicKey, issuer: "Line CA", issuerKey: issuer.privateKey },
    ...{ notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2036, 0, 1), serial },
  });
}
