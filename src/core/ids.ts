declare const idBrand: unique symbol;

type Id<Name extends string> = string & { readonly [idBrand]: Name };

/** One attempt on one unit. */
export type RunId = Id<"run">;
/** Runs started together. */
export type BatchId = Id<"batch">;
/** A slot of a fixture: `1`, `A3`; 1 to 16 letters, digits, dots, dashes or underscores. */
export type SlotId = Id<"slot">;
/** A device UUID in lower case with dashes. */
export type DeviceUuid = Id<"uuid">;
/** An IMEI: 15 digits. */
export type Imei = Id<"imei">;

export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const IMEI_PATTERN = /^[0-9]{15}$/;
export const SLOT_PATTERN = /^[A-Za-z0-9._-]{1,16}$/;

/** The device UUID in its one form, or undefined when the text is none (upper case is folded). */
export function parseDeviceUuid(text: string): DeviceUuid | undefined {
  const folded = text.toLowerCase();
  return UUID_PATTERN.test(folded) ? (folded as DeviceUuid) : undefined;
}

/** The IMEI, or undefined when the text is not 15 digits. */
export function parseImei(text: string): Imei | undefined {
  return IMEI_PATTERN.test(text) ? (text as Imei) : undefined;
}

/** `count` random bytes; given in by the platform. */
export type RandomBytes = (count: number) => Uint8Array;

/** A time-ordered UUID (RFC 9562, version 7) for `now` in ms since 1970; sorts by time in the database. */
export function timeOrderedId(now: number, random: RandomBytes): string {
  const bytes = random(16);
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(now / 2 ** (8 * (5 - index))) & 0xff;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
