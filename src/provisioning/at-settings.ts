import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { isEscaped } from "../core/wire-text.ts";
import type { AtPort } from "../modem/at-port.ts";
import { wireLength } from "./at-string.ts";
import type { SettingsSink } from "./execution-seam.ts";
import { checkSetting, settingRefused, ZEPHYR_LIMITS, type SettingLimits } from "./setting-refusal.ts";

/** The places of a template that hold the setting. */
const PLACES = { key: "{key}", value: "{value}" } as const;

/** Limits of settings in an AT command. */
export type AtSettingsLimits = SettingLimits & {
  /** The longest AT command in bytes (at.md 1). */
  readonly command: number;
};

/** The limits of a board with Zephyr's settings behind at_host. */
export const AT_SETTINGS_LIMITS: AtSettingsLimits = { ...ZEPHYR_LIMITS, command: 4096 };

/**
 * Settings as an AT command of the board's own firmware, made from a template such as `AT#XSET="{key}","{value}"`.
 * AT strings have no escape for a quote, a line end or a NUL: such settings are refused rather than sent in another form.
 */
export class AtSettings implements SettingsSink {
  readonly #modem: AtPort;
  readonly #template: string;
  readonly #limits: AtSettingsLimits;

  /** @throws StationError provisioning.template-invalid when the template is no AT command with one `{key}` and one `{value}` */
  constructor(modem: AtPort, template: string, limits: AtSettingsLimits = AT_SETTINGS_LIMITS) {
    checkTemplate(template);
    this.#modem = modem;
    this.#template = template;
    this.#limits = limits;
  }

  /** @throws StationError provisioning.setting-refused, at.*, link.* */
  async write(key: string, value: string, signal?: AbortSignal): Promise<void> {
    checkSetting(key, value, this.#limits);
    checkExpressible(key, key, "name", this.#isQuoted("key"));
    checkExpressible(key, value, "value", this.#isQuoted("value"));
    const command = filled(this.#template, key, value);
    const size = wireLength(command);
    if (size > this.#limits.command)
      throw settingRefused("a setting is longer than an AT command", key, "EINVAL", {
        size: quantity(size, "bytes"),
        limit: quantity(this.#limits.command, "bytes"),
      });
    const { final } = await this.#modem.send(command, signal === undefined ? {} : { signal });
    if (final.kind === "ok") return;
    const code = final.kind === "error" ? null : final.code;
    throw settingRefused("the board refused a setting", key, "EIO", { result: final.kind, code });
  }

  #isQuoted(place: keyof typeof PLACES): boolean {
    return quotesBefore(this.#template, this.#template.indexOf(PLACES[place])) % 2 === 1;
  }
}

/**
 * Checks a template as a fixture gives it.
 * @throws StationError provisioning.template-invalid
 */
export function checkTemplate(template: string): void {
  const refuse = (what: string): never => {
    throw new StationError("provisioning.template-invalid", what, { template: template.slice(0, 256) });
  };
  if (!/^AT[#%+^*&]?[A-Z0-9]/i.test(template)) refuse("a settings template is an AT command");
  if (!/^[\u0020-\u007e]*$/.test(template)) refuse("a settings template is printable ASCII");
  if (quotesBefore(template, template.length) % 2 === 1) refuse("a quote of the settings template is not closed");
  for (const place of Object.values(PLACES))
    if (template.split(place).length !== 2) refuse(`a settings template holds ${place} once`);
}

/** Both at once, so that a value which spells a place is not filled in turn. */
function filled(template: string, key: string, value: string): string {
  return template.replaceAll(/\{key\}|\{value\}/g, (place) => (place === PLACES.key ? key : value));
}

function quotesBefore(text: string, end: number): number {
  return text.slice(0, end).split('"').length - 1;
}

function checkExpressible(key: string, text: string, part: string, quoted: boolean): void {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  const forbidden = /["\u0000-\u001f\u007f]/.test(text) || isEscaped(text);
  if (forbidden || (!quoted && !/^[A-Za-z0-9._/-]+$/.test(text)))
    throw settingRefused(`the ${part} of a setting cannot be written in an AT command`, key, "EINVAL");
}
