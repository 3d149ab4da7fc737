import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { calculateJwkThumbprint, CompactSign } from "jose";
import { LONGEST_STATEMENT, StatementSchema, type Statement } from "../../contract/line-publication.ts";
import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import type { Secret } from "../../core/secret.ts";

/** The only algorithm of publishers: ECDSA on P-256 with SHA-256 (RFC 7518, 3.4). */
export const ALGORITHM = "ES256";
/** The type in the header of a signed statement: no other thing that a key may have signed passes for one. */
export const STATEMENT_TYPE = "station-statement";

const OWNER_ONLY = 0o600;
const EVERYBODY = 0o644;
const LARGEST_KEY = 65_536;

/** An engineer's key, able to sign. */
export type PublisherKey = {
  /** RFC 7638 thumbprint, base64url: who published. */
  readonly thumbprint: string;
  /** The public JWK as JSON text: what stations trust. */
  readonly publicJwk: string;
  /** Signs a statement; the answer is a compact JWS (RFC 7515). @throws StationError line.document-invalid */
  readonly sign: (statement: Statement) => Promise<string>;
};

/** Where the public half of a key is written. */
export function publicFileOf(file: string): string {
  return `${file}.pub.json`;
}

/**
 * Makes a key: `file` gets the private half as PKCS #8 PEM, readable by its owner only, and `file.pub.json` the public one.
 * Nothing is replaced.
 * @param passphrase encrypts the private half
 * @throws StationError line.publisher-key-there, line.publisher-key
 */
export async function makePublisherKey(file: string, passphrase?: Secret): Promise<PublisherKey> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = await publisherKey(privateKey);
  const sealed = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase: passphrase.reveal() };
  await writeNew(file, privateKey.export({ type: "pkcs8", format: "pem", ...sealed }).toString(), OWNER_ONLY);
  await writeNew(publicFileOf(file), `${key.publicJwk}\n`, EVERYBODY);
  return key;
}

/** Reads an engineer's private key. @throws StationError line.publisher-key; it quotes nothing of the file */
export async function readPublisherKey(file: string, passphrase?: Secret): Promise<PublisherKey> {
  const pem = await keyText(file);
  return publisherKey(privateKeyIn(pem, file, passphrase));
}

async function publisherKey(privateKey: KeyObject): Promise<PublisherKey> {
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  const jwk = { kty: kty ?? "", crv: crv ?? "", x: x ?? "", y: y ?? "" };
  const thumbprint = await calculateJwkThumbprint(jwk);
  const sign = async (statement: Statement): Promise<string> => {
    const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(checked(statement))))
      .setProtectedHeader({ alg: ALGORITHM, kid: thumbprint, typ: STATEMENT_TYPE })
      .sign(privateKey);
    if (jws.length <= LONGEST_STATEMENT) return jws;
    throw new StationError("line.document-invalid", "the document has too many files", {
      limit: quantity(LONGEST_STATEMENT, "characters"),
    });
  };
  return { thumbprint, publicJwk: JSON.stringify(jwk), sign };
}

/** What nobody would accept is not signed. */
function checked(statement: Statement): Statement {
  const parsed = StatementSchema.safeParse(statement);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new StationError("line.document-invalid", issue?.message ?? "the statement is not valid", { field });
}

function privateKeyIn(pem: string, file: string, passphrase: Secret | undefined): KeyObject {
  try {
    const key = createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase: passphrase.reveal() });
    if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  } catch {
    // The cause is left out: messages of cryptographic libraries may quote their input.
  }
  throw new StationError(
    "line.publisher-key",
    "it is no P-256 key in PEM form, or its passphrase is missing or wrong",
    {
      file,
    },
  );
}

async function keyText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= LARGEST_KEY) return await readFile(file, "utf8");
  } catch (cause) {
    throw new StationError("line.publisher-key", "the key cannot be read", { file }, { cause });
  }
  throw new StationError("line.publisher-key", "the file is too large for a key", {
    ...{ file, limit: quantity(LARGEST_KEY, "bytes") },
  });
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    const handle = await open(file, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST")
      throw new StationError("line.publisher-key-there", "there is such a file already", { file });
    throw new StationError("line.publisher-key", "the key cannot be written", { file }, { cause });
  }
}
