import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { Secret } from "../../core/secret.ts";
import type { AtOptions, AtPort, AtReply } from "../at-port.ts";
import { parseInfoValues, type InfoValue } from "../info-values.ts";
import { ask, behind, requireOk, unreadable } from "./ask.ts";

/** Credential types of `%CMNG` (at.md 4). */
export const CREDENTIAL_TYPE = {
  rootCa: 0,
  clientCertificate: 1,
  clientKey: 2,
  psk: 3,
  pskIdentity: 4,
  publicKey: 5,
  deviceIdentityKey: 6,
  endorsementKey: 8,
  ownershipKey: 9,
  nordicRootCa: 10,
  nordicPublicKey: 11,
  assetEncryptionKey: 13,
} as const;

/** The largest tag that belongs to users; larger ones are the modem's own and may show up in lists. */
export const LARGEST_TAG = 2_147_483_647;
const LARGEST_LISTED = 4_294_967_295;
const ENTRIES = 1000;

/** One entry of the credential storage. `sha256` is lower-case hex of the content exactly as stored; some entries have none. */
export type Credential = { readonly tag: number; readonly type: number; readonly sha256?: string };

/** What to write: a tag of 0 to 2147483647, a type of {@link CREDENTIAL_TYPE}, the content, and the password of an encrypted PKCS#8 key (at most 32 characters). */
export type CredentialWrite = {
  readonly tag: number;
  readonly type: number;
  readonly content: string | Secret;
  readonly password?: Secret;
};

/** Lists the storage, one tag, or one tag and type (`AT%CMNG=1`); empty when nothing is there. @throws StationError at.*, link.* */
export async function listCredentials(
  port: AtPort,
  which: { readonly tag?: number; readonly type?: number } = {},
  options: AtOptions = {},
): Promise<readonly Credential[]> {
  const parts = which.tag === undefined ? [] : which.type === undefined ? [which.tag] : [which.tag, which.type];
  const command = ["AT%CMNG=1", ...parts].join(",");
  const reply = await port.send(command, options);
  requireOk(command, reply);
  return parseCredentials(command, reply);
}

/**
 * Reads the lines of a list; lines with bytes that no modem writes are disturbances of the line and are passed over.
 * @throws StationError at.unreadable when another line is no entry or there are more than 1000
 */
export function parseCredentials(command: string, reply: AtReply): readonly Credential[] {
  if (reply.lines.length > ENTRIES) throw unreadable(command, `list of at most ${ENTRIES} credentials`, reply);
  return reply.lines.filter(isWritten).map((line) => {
    const entry = parseEntry(parseInfoValues(behind("%CMNG", line) ?? '"') ?? []);
    if (entry === undefined) throw unreadable(command, "list of credentials", reply);
    return entry;
  });
}

function isWritten(line: string): boolean {
  return behind("%CMNG", line) !== undefined || /^[\u0020-\u007e]*$/.test(line);
}

function parseEntry(values: readonly InfoValue[]): Credential | undefined {
  const [tag, type, digest, ...more] = values;
  if (tag?.kind !== "number" || type?.kind !== "number" || more.length > 0) return undefined;
  if (tag.value < 0 || tag.value > LARGEST_LISTED || type.value < 0 || type.value > 255) return undefined;
  if (digest === undefined) return { tag: tag.value, type: type.value };
  if (digest.kind !== "text" || !/^(?:[0-9A-Fa-f]{64})?$/.test(digest.value)) return undefined;
  const entry = { tag: tag.value, type: type.value };
  return digest.value === "" ? entry : { ...entry, sha256: digest.value.toLowerCase() };
}

/** The command that writes a credential. @throws StationError at.bad-command when the content is empty or holds a quote, or tag or type are out of range */
export function writeCredentialCommand(credential: CredentialWrite): string {
  const { tag, type, password } = credential;
  const content = credential.content instanceof Secret ? credential.content.reveal() : credential.content;
  checkTag(tag, type);
  const refuse = (what: string): never => {
    throw new StationError("at.bad-command", what, { tag, type, length: quantity(content.length, "characters") });
  };
  if (content === "") refuse("a credential must not be empty");
  if (content.includes('"')) refuse("a credential must not hold a quotation mark");
  if (password?.reveal().includes('"') === true) refuse("a password must not hold a quotation mark");
  const ending = password === undefined ? "" : `,"${password.reveal()}"`;
  return `AT%CMNG=0,${tag},${type},"${content}"${ending}`;
}

/** Writes a credential (`AT%CMNG=0`); the modem must be in CFUN 4 or 0. @throws StationError at.*, link.* */
export async function writeCredential(
  port: AtPort,
  credential: CredentialWrite,
  options: AtOptions = {},
): Promise<void> {
  await ask(port, writeCredentialCommand(credential), options);
}

/** Reads a credential back with its digest (`AT%CMNG=2`); client certificates, private keys and PSKs cannot be read. @throws StationError at.*, link.* */
export async function readCredential(
  port: AtPort,
  tag: number,
  type: number,
  options: AtOptions = {},
): Promise<Credential & { readonly content: string }> {
  checkTag(tag, type);
  const command = `AT%CMNG=2,${tag},${type}`;
  const reply = await ask(port, command, options);
  const [line = "", ...more] = reply.lines;
  const values = parseInfoValues(behind("%CMNG", line) ?? '"') ?? [];
  const entry = parseEntry(values.slice(0, 3));
  const content = values[3];
  if (entry === undefined || content?.kind !== "text" || values.length > 4 || more.length > 0)
    throw unreadable(command, "credential", reply);
  return { ...entry, content: content.value };
}

/**
 * Deletes a credential (`AT%CMNG=3`).
 * @returns whether there was one; a modem with numbered errors off answers plain ERROR, which fails
 * @throws StationError at.*, link.*
 */
export async function deleteCredential(
  port: AtPort,
  tag: number,
  type: number,
  options: AtOptions = {},
): Promise<boolean> {
  checkTag(tag, type);
  const command = `AT%CMNG=3,${tag},${type}`;
  const reply = await port.send(command, options);
  if (reply.final.kind === "cme" && reply.final.code === 513) return false;
  requireOk(command, reply);
  return true;
}

/** @throws StationError at.bad-command when tag or type are no numbers that users may have */
export function checkTag(tag: number, type: number): void {
  if (Number.isInteger(tag) && tag >= 0 && tag <= LARGEST_TAG && Number.isInteger(type) && type >= 0 && type <= 255)
    return;
  throw new StationError("at.bad-command", "tag or type is out of range", { tag, type, largestTag: LARGEST_TAG });
}
