import { formatDuration, seconds, type Duration } from "../core/duration.ts";

/** What an option may be: its name in the library's Kconfig (none for our own), its default, and its range in words. */
export type OptionRule<T> = {
  /** Name after `CONFIG_NRF_PROVISIONING_`; empty for the library itself; absent for options that the library has not. */
  readonly kconfig?: string;
  readonly standard: T;
  /** The range as a person reads it. */
  readonly range: string;
  accepts(value: T): boolean;
};

/** A yes-or-no option; the library's default is no. */
export function flag(kconfig: string | undefined, standard: boolean): OptionRule<boolean> {
  return named(kconfig, { standard, range: "yes or no", accepts: (value) => typeof value === "boolean" });
}

/** A whole number from `least` to `most`. */
export function whole(
  kconfig: string | undefined,
  standard: number,
  least: number,
  most: number,
  unit = "",
): OptionRule<number> {
  return named(kconfig, {
    standard,
    range: `a whole number from ${least} to ${most}${unit === "" ? "" : ` ${unit}`}`,
    accepts: (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  });
}

/** A length of time of whole `step`s from `least` to `most`. */
export function time(
  kconfig: string | undefined,
  standard: Duration,
  least: Duration,
  most: Duration,
  step: Duration = seconds(1),
): OptionRule<Duration> {
  return named(kconfig, {
    standard,
    range: `${formatDuration(least)} to ${formatDuration(most)} in steps of ${formatDuration(step)}`,
    accepts: (value) => Number.isSafeInteger(value) && value >= least && value <= most && value % step === 0,
  });
}

/** A text of 1 to `longest` characters of the given form. */
export function text(
  kconfig: string | undefined,
  standard: string,
  longest: number,
  form: RegExp,
  range: string,
): OptionRule<string> {
  return named(kconfig, {
    standard,
    range: `${range}, 1 to ${longest} characters`,
    accepts: (value) => value.length >= 1 && value.length <= longest && form.test(value),
  });
}

/** One of a few words. */
export function choice<const Words extends readonly string[]>(
  standard: Words[number],
  words: Words,
): OptionRule<Words[number]> {
  return { standard, range: words.join(" or "), accepts: (value) => words.includes(value) };
}

function named<T>(kconfig: string | undefined, rule: OptionRule<T>): OptionRule<T> {
  return kconfig === undefined ? rule : { kconfig, ...rule };
}
