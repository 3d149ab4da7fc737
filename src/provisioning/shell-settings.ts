import { quantity } from "../core/fact.ts";
import { encodeWireText } from "../core/wire-text.ts";
import type { ShellPort } from "../modem/shell-port.ts";
import { shellQuoted } from "../modem/typed-text.ts";
import { ERRNO, errnoName } from "./errno.ts";
import type { SettingsSink } from "./execution-seam.ts";
import { checkSetting, settingRefused, ZEPHYR_LIMITS, type SettingLimits } from "./setting-refusal.ts";
import { toHex } from "./token-parts.ts";

/** Limits of a board's settings shell. */
export type ShellSettingsLimits = SettingLimits & {
  /** The longest line that the shell takes, in characters; the at_shell builds take 2048 or 4096 (at.md 1). */
  readonly line: number;
};

/** The limits of a board with Zephyr's defaults and the line length of the vendor's samples. */
export const SHELL_SETTINGS_LIMITS: ShellSettingsLimits = { ...ZEPHYR_LIMITS, line: 2048 };

/**
 * Settings into a board's Zephyr settings shell (protocol.md 8): `settings write <name> <hex>`, the form that every
 * version of Zephyr takes, so that any value passes; then `settings read <name>` must show the same bytes.
 */
export class ShellSettings implements SettingsSink {
  readonly #shell: ShellPort;
  readonly #limits: ShellSettingsLimits;

  constructor(shell: ShellPort, limits: ShellSettingsLimits = SHELL_SETTINGS_LIMITS) {
    this.#shell = shell;
    this.#limits = limits;
  }

  /** @throws StationError provisioning.setting-refused, at.*, link.* */
  async write(key: string, value: string, signal?: AbortSignal): Promise<void> {
    checkSetting(key, value, this.#limits);
    const name = shellName(key);
    const wanted = toHex(encodeWireText(value));
    // Zephyr cannot keep an empty value: writing one is deleting the name.
    const line = wanted === "" ? `settings delete ${name}` : `settings write ${name} ${wanted}`;
    if (line.length > this.#limits.line)
      throw settingRefused("a setting is longer than the shell's line", key, "EINVAL", {
        size: quantity(line.length, "characters"),
        limit: quantity(this.#limits.line, "characters"),
      });
    const options = signal === undefined ? {} : { signal };
    const written = await this.#shell.run(line, options);
    const read = await this.#shell.run(`settings read ${name}`, options);
    if (shownValue(read) === wanted) return;
    throw settingRefused("the board does not show the setting that was written", key, failureIn(written), {
      size: quantity(wanted.length / 2, "bytes"),
    });
  }
}

/** The name as the shell takes it. Zephyr's own separator and control characters cannot be part of a name. */
function shellName(key: string): string {
  if (/^[A-Za-z0-9._/-]+$/.test(key)) return key;
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f=]/.test(key)) throw settingRefused("a setting's name cannot be typed", key, "EINVAL");
  return shellQuoted(key);
}

const DUMP_LINE = /^\s*[0-9a-fA-F]{8}:((?: *[0-9a-fA-F]{2})+)\s*(?:\||$)/;

/** The bytes of a hex dump, in hex; empty where the shell says that there is no value. */
function shownValue(lines: readonly string[]): string | undefined {
  const bytes = lines.flatMap((line) => DUMP_LINE.exec(line)?.[1] ?? []);
  if (bytes.length > 0) return bytes.join("").replaceAll(" ", "").toLowerCase();
  return lines.some((line) => /setting not found|value is empty/i.test(line)) ? "" : undefined;
}

/** The errno that the shell printed when the write failed: `Failed to write setting: -22`. */
function failureIn(lines: readonly string[]): ReturnType<typeof errnoName> {
  for (const line of lines) {
    const match = /-(\d{1,3})\b\D*$/.exec(line);
    if (match !== null && Object.values(ERRNO).some((errno) => errno === Number(match[1])))
      return errnoName(Number(match[1]));
  }
  return "EIO";
}
