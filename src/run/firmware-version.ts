/** A version as its numbers, first to last. `build`: of a build on the way to that version, such as 77 of `2.0.0-77.beta`. */
export type Version = { readonly numbers: readonly number[]; readonly build?: number };

/** A modem firmware as its name tells it: `nrf91x1` and 2.0.2 of `mfw_nrf91x1_2.0.2`. */
export type Firmware = { readonly kind: string; readonly version: Version };

const NAME = /^mfw[-_]([a-z0-9+_-]{1,48})_(\d{1,6}(?:\.\d{1,6}){1,3})(?![\d.])(?:-(\d{1,6})\.(?:alpha|beta|rc)\b)?/i;
const BOUND = /^(?:mfw[-_]([a-z0-9+_-]{1,48})_)?(\d{1,6}(?:\.\d{1,6}){0,3})(?:-(\d{1,6})\.(?:alpha|beta|rc))?$/i;

/**
 * What a modem firmware's name says (at.md, heading): `mfw_nrf9160_1.3.6`, `mfw_nrf91x1_2.0.2`, `mfw_nrf9151-ntn_1.0.0`,
 * `mfw-nr+_nrf91x1_1.1.0`, with or without a suffix: of a variant with the same version (`-FOTA-TEST`), or of a build before
 * it (`-77.beta`). Undefined when the name has another form.
 */
export function firmwareOf(name: string): Firmware | undefined {
  const [, kind, numbers, build] = NAME.exec(name.trim()) ?? [];
  if (kind === undefined || numbers === undefined) return undefined;
  return { kind: kind.toLowerCase(), version: versionFrom(numbers, build) };
}

/** The end of a range as recipes write it: `2.0.2`, `2.0.0-77.beta`, or a firmware's name, which stands for its kind as well. */
export function boundOf(text: string): { readonly kind?: string; readonly version: Version } {
  const [, kind, numbers = "0", build] = BOUND.exec(text) ?? [];
  const version = versionFrom(numbers, build);
  return kind === undefined ? { version } : { kind: kind.toLowerCase(), version };
}

/** Whether a version is at least `minimum`; numbers that are left out count as 0. A build comes before its version. */
export function isAtLeast(version: Version, minimum: Version): boolean {
  const count = Math.max(version.numbers.length, minimum.numbers.length);
  const order = compare(version, minimum, count);
  return order === 0 ? (version.build ?? Infinity) >= (minimum.build ?? Infinity) : order > 0;
}

/** Whether a version is at most `maximum`; only the numbers that the maximum gives count, so that 2.0 covers 2.0.5. */
export function isAtMost(version: Version, maximum: Version): boolean {
  const order = compare(version, maximum, maximum.numbers.length);
  return order === 0 ? (version.build ?? Infinity) <= (maximum.build ?? Infinity) : order < 0;
}

function versionFrom(numbers: string, build: string | undefined): Version {
  const version = { numbers: numbers.split(".").map(Number) };
  return build === undefined ? version : { ...version, build: Number(build) };
}

function compare(left: Version, right: Version, count: number): number {
  for (let at = 0; at < count; at++) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
