/** A version as its numbers, first to last. */
export type Version = readonly number[];

/**
 * The version in a modem firmware's name: `mfw_nrf9160_1.3.6`, `mfw_nrf91x1_2.0.2`, `mfw_nrf9151-ntn_1.0.0`, with or without
 * a suffix such as `-FOTA-TEST` (at.md, heading); undefined when the name has another form.
 */
export function firmwareVersion(name: string): Version | undefined {
  const found = /^mfw_nrf[0-9a-z-]{1,32}_(\d{1,6}(?:\.\d{1,6}){1,3})(?![\d.])/i.exec(name.trim());
  return found?.[1] === undefined ? undefined : versionOf(found[1]);
}

/** The numbers of a version such as `2.0.2`. */
export function versionOf(text: string): Version {
  return text.split(".").map(Number);
}

/** Whether a version is at least `minimum`; numbers that are left out count as 0. */
export function isAtLeast(version: Version, minimum: Version): boolean {
  return compare(version, minimum, Math.max(version.length, minimum.length)) >= 0;
}

/** Whether a version is at most `maximum`; only the numbers that the maximum gives count, so that 2.0 covers 2.0.5. */
export function isAtMost(version: Version, maximum: Version): boolean {
  return compare(version, maximum, maximum.length) <= 0;
}

function compare(left: Version, right: Version, count: number): number {
  for (let at = 0; at < count; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
