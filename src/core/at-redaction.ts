import type { Sha256 } from "./digest.ts";
import { ANSWER, digested, hideSecretLooking, OPEN_COMMAND, STRANGE_COMMAND } from "./secret-looking.ts";

/** Commands whose parameters are secret from the n-th on (counted from 0), with PINs and passwords among them. */
const SECRET_FROM: ReadonlyMap<string, number> = new Map([
  ["%CMNG", 3],
  ["%KEYINJECT", 0],
  ["%XPMNG", 1],
  ["+CPIN", 0],
  ["+CLCK", 2],
  ["+CPWD", 1],
  ["+CGAUTH", 2],
]);

/** Commands whose parameters are known to be no secrets. */
const OPEN = new Set([
  ...["+CGSN", "+CGMI", "+CGMM", "+CGMR", "+CFUN", "+CMEE", "+CCLK", "%CCLK", "%XTIME", "+CGEREP", "+CEREG", "+COPS"],
  ...["%KEYGEN", "%ATTESTTOKEN", "%CLAIMTOKEN", "%DEVICEUUID", "%XMODEMUUID", "%HWVERSION", "%SHORTSWVER", "%XICCID"],
  ...["%JWT", "%CERTEXPIRY", "%XFACTORYRESET", "%XPOFWARN", "%XSYSTEMMODE"],
]);

/** Commands that answer tokens or keys. */
const SECRET_ANSWERS = new Set([
  ...["%ATTESTTOKEN", "%CLAIMTOKEN", "%KEYGEN", "%KEYINJECT", "%XPMNG", "%CMNG", "%XSUDO", "+CPIN", "+CGAUTH"],
]);

/** A command's name, also behind a shell's `at '` and prompt. */
const HEAD = /^[a-z\s'"\\:~$-]{0,40}?AT([+%#][A-Za-z0-9_]{1,32})\s*=/i;

/**
 * A command as it may be logged, stored and shown: secret parameters become `[sha256:<hex> length:<n>]`, digest and length
 * (bytes) of the value between the quotes. Hidden are contents and passwords of credential writes, injected keys,
 * signatures, and in every command what looks like a key, token or certificate; PINs become `[secret]`, as a digest of few
 * digits hides nothing.
 * @param command as sent, or as typed in a shell
 */
export function redactAtCommand(command: string, sha256: Sha256): string {
  const head = HEAD.exec(command);
  const name = head?.[1]?.toUpperCase();
  if (head === null || name === undefined) return hideSecretLooking(command, sha256, STRANGE_COMMAND);
  const tail = command.slice(head[0].length);
  return head[0] + shownParameters(name, tail, sha256);
}

function shownParameters(name: string, tail: string, sha256: Sha256): string {
  if (name === "%XSUDO") return shownAuthenticated(tail, sha256);
  if (name === "%CMNG" && isListing(tail)) return tail;
  const from = SECRET_FROM.get(name);
  if (from !== undefined) return shownUpTo(from, tail, sha256, name.startsWith("+"));
  return hideSecretLooking(tail, sha256, OPEN.has(name) ? OPEN_COMMAND : STRANGE_COMMAND);
}

/** Whether parameters of %CMNG only list, read or delete: numbers alone, behind them the quote of a shell. */
function isListing(tail: string): boolean {
  return /^[123](?:\s*,[\d\s,]*)?$/.test(tail.trim().replace(/'$/, "").trim());
}

/** `<length>,"<signature>"[,<tag>];<command>` (at.md 2): the command behind it is one of its own, but never another %XSUDO. */
function shownAuthenticated(tail: string, sha256: Sha256): string {
  const parts = /^(\s*\d{1,10}\s*,\s*)"([^"]*)"((?:\s*,\s*\d{1,10})?\s*;\s*(?:AT)?)([+%#][A-Z][\s\S]*)$/i.exec(tail);
  if (parts === null) return tail === "" ? "" : digested(tail, sha256);
  const [, length = "", signature = "", tag = "", command = ""] = parts;
  const shown = /^%XSUDO/i.test(command) ? digested(command, sha256) : redactAtCommand(`AT${command}`, sha256).slice(2);
  return `${length}"${digested(signature, sha256)}"${tag}${shown}`;
}

/** Shows short plain parameters before the secret ones; when they have another form, everything is secret. */
function shownUpTo(count: number, tail: string, sha256: Sha256, pins: boolean): string {
  const open = new RegExp(`^(?:\\s*(?:(?:\\d{1,10}|"[A-Z]{2}")\\s*)?,){${count}}`).exec(tail)?.[0];
  if (open === undefined) {
    const short = tail.split(",").length <= count && /^[\d\s,?]{0,64}$/.test(tail);
    return short ? tail : shownSecrets(tail, sha256, pins);
  }
  return open + shownSecrets(tail.slice(open.length), sha256, pins);
}

const QUOTED_LIST = /^\s*"[^"]*"(?:\s*,\s*"[^"]*")*\s*$/;

/** A clean list of quoted values is hidden value by value, so that the digests are the values' own; anything else as a whole. */
function shownSecrets(secrets: string, sha256: Sha256, pins: boolean): string {
  if (/^[\s'?]*$/.test(secrets)) return secrets;
  if (pins) return "[secret]";
  if (!QUOTED_LIST.test(secrets)) return digested(secrets, sha256);
  return secrets.replaceAll(/"([^"]*)"/g, (_whole, value: string) => `"${digested(value, sha256)}"`);
}

const FINAL = /(?:OK|ERROR|\+CM[ES] ERROR: ?\d{1,9})\r\n$/;
const CREDENTIAL_LIST = /^(?:%CMNG: ?\d{1,10},\d{1,3}(?:,"[0-9A-F]{64}")?\r\n)+$/i;
const CREDENTIAL = /^(%CMNG: ?\d{1,10},\d{1,3},"[0-9A-F]{64}",)"([^"]*)"\r\n$/i;
const ONE_VALUE = /^([+%][A-Z0-9]{1,32}: ?)"([^"]*)"\r\n$/i;
const JWT = /^([\w+/-]{1,8192}\.[\w+/-]{1,8192})\.([^"]+)$/;

/**
 * The answer to a command as it may be logged, stored and shown; see {@link redactAtCommand}. Of a JWT the signature is
 * hidden; attestation, claim and key generation tokens and the contents of credentials are hidden whole.
 * @param replyText the answer's text (`AtReply.text`)
 */
export function redactAtReply(command: string, replyText: string, sha256: Sha256): string {
  const name = /AT([+%#][A-Za-z0-9_]{1,32})/i.exec(command)?.[1]?.toUpperCase() ?? "";
  if (!SECRET_ANSWERS.has(name) && name !== "%JWT") return hideSecretLooking(replyText, sha256, ANSWER);
  const final = FINAL.exec(replyText)?.[0] ?? "";
  const body = replyText.slice(0, replyText.length - final.length);
  return body === "" ? final : shownBody(name, body, sha256) + final;
}

function shownBody(name: string, body: string, sha256: Sha256): string {
  if (CREDENTIAL_LIST.test(body)) return body;
  const [, head = "", value = ""] = CREDENTIAL.exec(body) ?? ONE_VALUE.exec(body) ?? [];
  if (head === "") return `${digested(body, sha256)}\r\n`;
  const [, claims, signature = ""] = (name === "%JWT" ? JWT.exec(value) : null) ?? [];
  const shown = claims === undefined ? digested(value, sha256) : `${claims}.${digested(signature, sha256)}`;
  return `${head}"${shown}"\r\n`;
}
