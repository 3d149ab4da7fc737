import type { ErrorCode } from "../core/error-codes.ts";
import type { AtFinal } from "./at-port.ts";

/** A modem error: its short name, what it says in one sentence, and the code of the table under which it fails a run. */
export type CmeError = { readonly name: string; readonly sentence: string; readonly code: ErrorCode };

const row = (name: string, sentence: string, code: ErrorCode = "at.rejected"): CmeError => ({ name, sentence, code });

/** `+CME ERROR` numbers of nRF91 modems (at.md 7). */
const CME: ReadonlyMap<number, CmeError> = new Map([
  [0, row("phone failure", "The modem did not understand the command or was in an unexpected state.")],
  [23, row("memory failure", "The modem's memory failed.")],
  [50, row("incorrect parameters", "The command has wrong parameters.", "at.wrong-parameters")],
  [51, row("command disabled", "The command is disabled in this modem firmware.", "at.no-access")],
  [60, row("system error", "The modem met a system error.")],
  [513, row("not found", "The key or credential is not in the modem.", "at.not-found")],
  [514, row("no access", "The modem does not allow access to this.", "at.no-access")],
  [515, row("memory full", "The credential storage of the modem is full.", "at.storage-full")],
  [518, row("not allowed in active state", "The modem must be offline for this.", "at.modem-active")],
  [519, row("already exists", "The tag already holds a key or credential of this type.", "at.already-exists")],
  [520, row("authentication failed", "The authentication of the command failed, or the key already exists.")],
  [523, row("key generation failed", "The modem could not generate the key.", "at.keygen-failed")],
  [525, row("JWT creation failed", "The modem could not make the JWT.", "at.jwt-failed")],
  [527, row("invalid content", "The modem could not read the certificate or key.", "at.invalid-content")],
  [528, row("power-off warning", "The modem refuses to write while its supply is low.", "at.power-warning")],
  [529, row("claim token failed", "The modem could not make the claim token.")],
]);

/** `+CMS ERROR` numbers that are not about messages: as their CME namesakes where at.md 7 lists them. */
const CMS: ReadonlyMap<number, CmeError> = new Map([
  [515, row("please wait", "The modem is still initialising its message service.")],
  [524, row("message service", "The message service refused the command.")],
]);

/** Name, sentence and code of an error result; unlisted numbers and plain `ERROR` get a general row. */
export function modemError(final: Exclude<AtFinal, { readonly kind: "ok" }>): CmeError {
  switch (final.kind) {
    case "error":
      return row("error", "The modem refused the command without saying why.");
    case "cme":
      return (
        CME.get(final.code) ?? row(`CME ${final.code}`, "The modem refused the command with an undocumented error.")
      );
    case "cms":
      return CMS.get(final.code) ?? row(`CMS ${final.code}`, "The message service refused the command.");
  }
}

/** The result as the modem writes it: `OK`, `ERROR`, `+CME ERROR: 513`. */
export function finalText(final: AtFinal): string {
  switch (final.kind) {
    case "ok":
      return "OK";
    case "error":
      return "ERROR";
    case "cme":
      return `+CME ERROR: ${final.code}`;
    case "cms":
      return `+CMS ERROR: ${final.code}`;
  }
}
