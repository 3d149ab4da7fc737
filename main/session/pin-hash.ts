import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Secret } from "../../src/core/secret.ts";

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** scrypt with 32 MiB: about a tenth of a second of one core, off the event loop. */
const COST = { n: 2 ** 15, r: 8, p: 1 } as const;
/** The largest cost that a file may ask for: 128 MiB. */
const MOST_MEMORY = 160 * 2 ** 20;

const bytes = (count: number) =>
  z.base64().refine((text) => Buffer.from(text, "base64").length === count, `must be ${count} bytes in Base64`);

/** What is kept of a PIN: the cost with which it was made stays with it, so that later versions may raise it. */
export const KeptPinSchema = z.strictObject({
  algorithm: z.literal("scrypt"),
  n: z.int().refine((n) => n >= 2 ** 14 && n <= 2 ** 17 && Number.isInteger(Math.log2(n)), "must be 2^14 to 2^17"),
  r: z.literal(8),
  p: z.int().min(1).max(4),
  salt: bytes(SALT_BYTES),
  hash: bytes(HASH_BYTES),
});
export type KeptPin = z.output<typeof KeptPinSchema>;

/** What to keep of a PIN; every call uses a salt of its own. */
export async function keepPin(pin: Secret): Promise<KeptPin> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(pin, salt, COST);
  return { algorithm: "scrypt", ...COST, salt: salt.toString("base64"), hash: hash.toString("base64") };
}

/** Whether a PIN is the one that was kept. */
export async function isPin({ salt, hash, ...cost }: KeptPin, pin: Secret): Promise<boolean> {
  return timingSafeEqual(await derive(pin, Buffer.from(salt, "base64"), cost), Buffer.from(hash, "base64"));
}

type Cost = { readonly n: number; readonly r: number; readonly p: number };

/** In libuv's threads: the event loop goes on. */
function derive(pin: Secret, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(pin.reveal(), salt, HASH_BYTES, { N: n, r, p, maxmem: MOST_MEMORY }, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    );
  });
}
