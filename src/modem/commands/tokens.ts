import { StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import { Secret } from "../../core/secret.ts";
import type { AtOptions, AtPort, AtReply } from "../at-port.ts";
import { parseInfoValues } from "../info-values.ts";
import { ask, behind, firstOf } from "./ask.ts";
import { checkTag } from "./credentials.ts";

/** A token as `%KEYGEN` and `%ATTESTTOKEN` give it: message and COSE signature, both base64url (protocol.md 7). */
const TWO_PARTS = /^[A-Za-z0-9_-]{1,8192}\.[A-Za-z0-9_-]{1,8192}$/;
const THREE_PARTS = /^[A-Za-z0-9_-]{1,8192}\.[A-Za-z0-9_-]{1,8192}\.[A-Za-z0-9_-]{1,8192}$/;

/** Options of {@link generateKey} (at.md 5). */
export type KeyRequest = {
  /** 0 to 2147483647. */
  readonly tag: number;
  /** 2 client private key, 8 endorsement key. */
  readonly keyType: 2 | 8;
  /** 0 a certificate signing request, 1 the public key; an endorsement key always answers its public key. */
  readonly content?: 0 | 1;
  /** X.509 subject, default `CN=<device UUID>`. */
  readonly attributes?: string;
  /** Nine digits 0 or 1, default `111010000`; nRF Cloud uses `101010000`. */
  readonly usage?: string;
};

/** The command for a key request. @throws StationError at.bad-command */
export function generateKeyCommand(request: KeyRequest): string {
  const { tag, keyType, content, attributes, usage } = request;
  checkTag(tag, keyType);
  if (attributes !== undefined && !/^[\u0020-\u0021\u0023-\u007e]{0,256}$/.test(attributes))
    throw new StationError("at.bad-command", "attributes are printable ASCII without quotation marks", {
      limit: quantity(256, "characters"),
    });
  if (usage !== undefined && !/^[01]{9}$/.test(usage))
    throw new StationError("at.bad-command", "key usage is nine digits 0 or 1", { usage });
  const parts = [String(tag), String(keyType)];
  if (content !== undefined || attributes !== undefined || usage !== undefined) parts.push(String(content ?? 0));
  if (attributes !== undefined || usage !== undefined) parts.push(`"${attributes ?? ""}"`);
  if (usage !== undefined) parts.push(`"${usage}"`);
  return `AT%KEYGEN=${parts.join(",")}`;
}

/** Makes a key in the modem (`AT%KEYGEN`) and answers its token `<DER>.<COSE signature>`; CFUN 4 or 0 only. @throws StationError at.*, link.* */
export async function generateKey(port: AtPort, request: KeyRequest, options: AtOptions = {}): Promise<string> {
  const command = generateKeyCommand(request);
  const reply = await ask(port, command, options);
  return quotedToken(command, reply, "%KEYGEN", TWO_PARTS);
}

/** The attestation token (`AT%ATTESTTOKEN`), by which a unit is claimed. @param challenge 32 hex digits in place of the nonce @throws StationError at.*, link.* */
export async function readAttestationToken(port: AtPort, challenge?: string, options: AtOptions = {}): Promise<Secret> {
  if (challenge !== undefined && !/^[0-9A-Fa-f]{32}$/.test(challenge))
    throw new StationError("at.bad-command", "a challenge is 32 hex digits", {});
  const command = challenge === undefined ? "AT%ATTESTTOKEN" : `AT%ATTESTTOKEN="${challenge}"`;
  const reply = await ask(port, command, options);
  return new Secret(quotedToken(command, reply, "%ATTESTTOKEN", TWO_PARTS));
}

/** Options of {@link createJwt} (at.md 6). */
export type JwtRequest = {
  /** Lifetime in seconds, 0 (none) to 604800; the library uses 300. */
  readonly expiry: number;
  readonly subject?: string;
  readonly audience?: string;
  /** The signing key; default: the device identity key. */
  readonly key?: { readonly tag: number; readonly type: 2 | 8 };
};

/** The command for a JWT, in the vendor library's form: `AT%JWT=0,300,"",""`. @throws StationError at.bad-command */
export function createJwtCommand(request: JwtRequest): string {
  const { expiry, subject = "", audience = "", key } = request;
  const claims = [subject, audience];
  if (!Number.isInteger(expiry) || expiry < 0 || expiry > 604_800)
    throw new StationError("at.bad-command", "a JWT lives 0 to 604800 seconds", { expiry: quantity(expiry, "s") });
  if (claims.some((claim) => !/^[\u0020-\u0021\u0023-\u007e]{0,256}$/.test(claim)))
    throw new StationError("at.bad-command", "a JWT's claims are printable ASCII without quotation marks", {
      limit: quantity(256, "characters"),
    });
  if (key !== undefined) checkTag(key.tag, key.type);
  const signer = key === undefined ? "" : `,${key.tag},${key.type}`;
  return `AT%JWT=0,${expiry},"${subject}","${audience}"${signer}`;
}

/** A JWT signed by the modem, in base64url without padding (protocol.md 5.5). @throws StationError at.*, link.* */
export async function createJwt(port: AtPort, request: JwtRequest, options: AtOptions = {}): Promise<Secret> {
  const command = createJwtCommand(request);
  const reply = await ask(port, command, options);
  return new Secret(
    firstOf(command, reply, "JWT", (line) => {
      const token = quoted("%JWT", line)?.replaceAll("+", "-").replaceAll("/", "_").replace(/=.*$/s, "");
      return token !== undefined && THREE_PARTS.test(token) ? token : undefined;
    }),
  );
}

function quotedToken(command: string, reply: AtReply, prefix: string, form: RegExp): string {
  return firstOf(command, reply, "token", (line) => {
    const token = quoted(prefix, line);
    return token !== undefined && form.test(token) ? token : undefined;
  });
}

function quoted(prefix: string, line: string): string | undefined {
  const [value, ...more] = parseInfoValues(behind(prefix, line) ?? "") ?? [];
  return value?.kind === "text" && more.length === 0 ? value.value : undefined;
}
