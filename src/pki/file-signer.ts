import { createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { Secret } from "../core/secret.ts";
import { readAuthorityChain, type AuthorityCertificate } from "./authority-certificate.ts";
import type { CertificateSigner } from "./signer.ts";
import type { SignatureAlgorithm } from "./x509-writer.ts";

/** Where a CA rests. */
export type SignerFiles = {
  /** Path of the CA's certificate with its chain, PEM. */
  readonly certificate: string;
  /** Path of its private key, PEM. */
  readonly key: string;
  readonly passphrase?: Secret | undefined;
};

const LARGEST_FILE = 65_536;
const OTHERS = 0o077;
const SMALLEST_RSA = 2048;

/**
 * Opens a CA whose key lies in a file: the file is readable by its owner only, the key belongs to the certificate, and the certificate
 * is that of a CA. The key is held by node:crypto from then on and is in no text.
 * @throws StationError pki.authority-*, pki.key-*, pki.passphrase-*
 */
export async function openFileSigner({ certificate, key, passphrase }: SignerFiles): Promise<CertificateSigner> {
  const chain = readAuthorityChain(await readCertificates(certificate));
  const privateKey = keyOf(await readKeyFile(key), key, passphrase);
  const algorithm = algorithmOf(privateKey, key);
  if (!belongs(privateKey, chain[0]))
    throw new StationError("pki.key-mismatch", "the key does not belong to the certificate", { certificate, key });
  return new FileSigner(privateKey, algorithm, chain);
}

class FileSigner implements CertificateSigner {
  readonly #key: KeyObject;
  readonly algorithm: SignatureAlgorithm;
  readonly chain: CertificateSigner["chain"];

  constructor(key: KeyObject, algorithm: SignatureAlgorithm, chain: CertificateSigner["chain"]) {
    this.#key = key;
    this.algorithm = algorithm;
    this.chain = chain;
  }

  sign(body: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    if (signal?.aborted === true) return Promise.reject(abortReason(signal));
    const digest = this.algorithm === "ecdsa-sha384" ? "sha384" : "sha256";
    return new Promise((resolve, reject) => {
      sign(digest, body, { key: this.#key, dsaEncoding: "der" }, (cause, signature) => {
        if (cause === null) resolve(signature);
        else reject(new StationError("pki.signing-failed", "the CA's key did not sign", {}, { cause }));
      });
    });
  }
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readBounded(path, (file) => file.readFile("utf8"));
  } catch (cause) {
    throw new StationError("pki.authority-unreadable", "the CA's certificate file cannot be read", { path }, { cause });
  }
}

/** @throws StationError pki.key-exposed, pki.key-unreadable */
async function readKeyFile(path: string): Promise<string> {
  try {
    return await readBounded(path, async (file) => {
      // The rights of the file that is open, not of one that may lie there a moment later; Windows has none of this kind.
      const { mode } = await file.stat();
      if (process.platform !== "win32" && (mode & OTHERS) !== 0)
        throw new StationError("pki.key-exposed", "the CA's key can be read by others", {
          ...{ path, mode: (mode & 0o777).toString(8).padStart(4, "0") },
        });
      return file.readFile("utf8");
    });
  } catch (cause) {
    if (cause instanceof StationError) throw cause;
    throw new StationError("pki.key-unreadable", "the CA's key file cannot be read", { path }, { cause });
  }
}

async function readBounded(path: string, read: (file: FileHandle) => Promise<string>): Promise<string> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    if (size > LARGEST_FILE)
      throw new StationError("pki.key-unreadable", "a file of the CA is too large", {
        ...{ path, size: quantity(size, "bytes"), limit: quantity(LARGEST_FILE, "bytes") },
      });
    return await read(file);
  } finally {
    await file.close();
  }
}

/** The causes that node:crypto gives are left out: nothing of the key may reach a log. */
function keyOf(pem: string, path: string, passphrase: Secret | undefined): KeyObject {
  const isSealed = /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4, *ENCRYPTED/.test(pem);
  if (isSealed && passphrase === undefined)
    throw new StationError("pki.passphrase-missing", "the CA's key is encrypted", { path });
  try {
    return createPrivateKey(isSealed ? { key: pem, passphrase: passphrase?.reveal() ?? "" } : pem);
  } catch {
    if (isSealed) throw new StationError("pki.passphrase-wrong", "the CA's key does not open", { path });
    throw new StationError("pki.key-unreadable", "the file holds no private key as PEM", { path });
  }
}

function algorithmOf(key: KeyObject, path: string): SignatureAlgorithm {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details = {} } = key;
  const { namedCurve: curve = "", modulusLength: bits = 0 } = details;
  if (type === "ec" && curve === "prime256v1") return "ecdsa-sha256";
  if (type === "ec" && curve === "secp384r1") return "ecdsa-sha384";
  if (type === "rsa" && bits >= SMALLEST_RSA) return "rsa-sha256";
  const size = type === "rsa" ? { bits } : type === "ec" ? { curve } : {};
  throw new StationError("pki.key-unfit", "the CA's key is not one that this station signs with", {
    path,
    type,
    ...size,
  });
}

function belongs(key: KeyObject, { publicKey }: AuthorityCertificate): boolean {
  return publicOf(key).equals(publicKey);
}

/** Electron's node:crypto makes no public key of a private one that is an object. */
function publicOf(key: KeyObject): KeyObject {
  return createPublicKey(key.export({ type: "pkcs8", format: "pem" }));
}
