import { StationError } from "../core/error.ts";
import { quantity, type Facts } from "../core/fact.ts";
import { encodeWireText } from "../core/wire-text.ts";
import type { ShellOptions, ShellPort } from "./shell-port.ts";
import { shellQuoted } from "./typed-text.ts";

/**
 * How the board's `settings write` is typed (protocol.md 8): `plain` has hex and no format word, which old and new Zephyr
 * take alike; `hex` names the format; `string` types the text, which the board stores with a trailing NUL.
 */
export type SettingsForm = "plain" | "hex" | "string";

/** Zephyr's bound on a setting's name: eight parts of eight characters. */
const NAME_LIMIT = 64;
/** The bound of Zephyr's settings shell on a value, in bytes. */
const VALUE_LIMIT = 256;
const REFUSED =
  /^(?:Failed to |Invalid|Setting not found|Usage|Subcommands|settings\b.*(?:unknown|wrong|invalid)|.*: (?:command not found|wrong parameter count))/i;
const ERRNO = /-(\d{1,9})\b/;

/**
 * Writes one setting through the board's Zephyr settings shell, as the exact bytes of the value (`string`: with a NUL
 * behind). An empty value deletes the setting, which is what Zephyr's store does with one.
 * @param value wire text, up to 256 bytes
 * @throws StationError at.setting-refused with the fact `errno` (positive) where the board names one; at.*, link.*
 */
export async function writeSetting(
  shell: ShellPort,
  key: string,
  value: string,
  form: SettingsForm = "plain",
  options: ShellOptions = {},
): Promise<void> {
  const bytes = encodeWireText(value);
  checkName(key);
  if (bytes.length > VALUE_LIMIT)
    throw refused(key, "the value is too long", {
      length: quantity(bytes.length, "bytes"),
      limit: quantity(VALUE_LIMIT, "bytes"),
      errno: 22,
    });
  if (bytes.length === 0 && form !== "string") return deleteSetting(shell, key, options);
  if (form === "string" && bytes.includes(0)) throw refused(key, "a NUL byte cannot be typed as text", { errno: 22 });
  const typed = form === "string" ? shellQuoted(value) : hexOf(bytes);
  const words = form === "plain" ? ["settings", "write", key, typed] : ["settings", "write", form, key, typed];
  complain(key, await shell.run(words.join(" "), options));
}

/** Deletes one setting; one that is not there is no error. @throws StationError at.setting-refused, at.*, link.* */
export async function deleteSetting(shell: ShellPort, key: string, options: ShellOptions = {}): Promise<void> {
  checkName(key);
  const lines = await shell.run(`settings delete ${key}`, options);
  if (lines.some((line) => /not found|: -2$/i.test(line) && !/command not found/i.test(line))) return;
  complain(key, lines);
}

const DUMP = /^[0-9A-Fa-f]{8}: ((?:[0-9A-Fa-f]{2} +)+)/;

/**
 * Reads one setting back as bytes (`settings read`, whose hex dump old and new Zephyr print alike).
 * @returns undefined when the board has none of this name
 * @throws StationError at.setting-refused, at.*, link.*
 */
export async function readSetting(
  shell: ShellPort,
  key: string,
  options: ShellOptions = {},
): Promise<Uint8Array | undefined> {
  checkName(key);
  const lines = await shell.run(`settings read ${key}`, options);
  if (lines.some((line) => /^Setting not found/i.test(line))) return undefined;
  if (lines.some((line) => /^Value is empty/i.test(line))) return new Uint8Array();
  const rows = lines.flatMap((line) => DUMP.exec(line)?.[1] ?? []);
  if (rows.length === 0) {
    complain(key, lines);
    throw refused(key, "the shell shows no value", { lines: quantity(lines.length, "lines") });
  }
  return Uint8Array.from(
    rows.flatMap((row) => row.trim().split(/ +/)),
    (pair) => Number.parseInt(pair, 16),
  );
}

function checkName(key: string): void {
  if (/^[A-Za-z0-9_.:+-]+(?:\/[A-Za-z0-9_.:+-]+)*$/.test(key) && key.length <= NAME_LIMIT) return;
  const limit = quantity(NAME_LIMIT, "characters");
  throw refused(key.slice(0, NAME_LIMIT), "the name is not one that a shell takes", { limit, errno: 22 });
}

function complain(key: string, lines: readonly string[]): void {
  const complaint = lines.find((line) => REFUSED.test(line));
  if (complaint === undefined) return;
  const errno = ERRNO.exec(complaint)?.[1];
  throw refused(key, "the board's shell refused", {
    complaint: complaint.slice(0, 80),
    ...(errno === undefined ? {} : { errno: Number(errno) }),
  });
}

function refused(key: string, what: string, facts: Facts): StationError {
  return new StationError("at.setting-refused", what, { setting: key, ...facts });
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
