import { createPrivateKey, type KeyObject } from "node:crypto";
import { StationError } from "../../core/error.ts";
import type { Secret } from "../../core/secret.ts";
import { GROUPS, type Group } from "../handshake/groups.ts";
import { readCertificate } from "./certificate.ts";
import { certificatesOfPem } from "./pem.ts";

/** What a server shows and proves. */
export type ServerIdentity = {
  /** DER, leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly key: KeyObject;
  readonly curve: Group["curve"];
};

/** A server's certificates and key, checked to fit each other. @throws StationError `dtls.bad-identity` */
export function readServerIdentity(certificatePem: string, keyPem: Secret): ServerIdentity {
  const chain = certificatesOfPem(certificatePem);
  const [leaf] = chain;
  if (leaf === undefined) throw badIdentity("there is no certificate in PEM form");
  const key = readKey(keyPem);
  const curve = GROUPS.find((group) => group.curve === key.asymmetricKeyDetails?.namedCurve)?.curve;
  if (curve === undefined) throw badIdentity("the key is not of P-256 or P-384");
  if (!readIdentityLeaf(leaf).checkPrivateKey(key)) throw badIdentity("the key is not the certificate's");
  return { chain, key, curve };
}

function readIdentityLeaf(der: Uint8Array) {
  try {
    return readCertificate(der).x509;
  } catch (cause) {
    throw badIdentity("the certificate cannot be read", cause);
  }
}

function readKey(pem: Secret): KeyObject {
  try {
    return createPrivateKey(pem.reveal());
  } catch {
    // the cause may quote the key
    throw badIdentity("the key cannot be read");
  }
}

function badIdentity(why: string, cause?: unknown): StationError {
  return new StationError("dtls.bad-identity", "the server's certificate and key cannot be used", { why }, { cause });
}
