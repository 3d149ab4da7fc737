import { z } from "zod";

/** What the device-management API of the embedded service accepts (peers.md 4.2). */

const tag = z.string().regex(/^[A-Za-z0-9_.,@/:#-]{1,799}$/, "must be letters or digits or commas or _.@/:#-");

const FIRMWARE_TYPES = ["APP", "MODEM", "BOOT", "SOFTDEVICE", "BOOTLOADER", "MDM_FULL"] as const;
const PEM_CERTIFICATE =
  /^-----BEGIN CERTIFICATE-----(?:\r\n|\r|\n)[A-Za-z0-9+/=\r\n]+(?:\r\n|\r|\n)-----END CERTIFICATE-----\s*$/;

const subType = z.string().regex(/^[A-Za-z0-9_.,@/:#-]{0,799}$/, "must be letters or digits or commas or _.@/:#-");
/** Without commas and quotes: the vendor's script writes reasons into its result file as they are. */
const firmwareType = z.enum(FIRMWARE_TYPES, { error: `must be of ${FIRMWARE_TYPES.join(" ")}` });
const piped = z.string().transform((text): readonly string[] => (text === "" ? [] : text.split("|")));

/** The id of an onboarded device. */
export const DeviceIdSchema = z.string().regex(/^[A-Za-z0-9:_-]{1,128}$/, "must be 1 to 128 letters or digits or :_-");

/** A row of `POST devices`: device id, sub type, tags and firmware types joined by `|`, certificate (peers.md 4.3). */
export const OnboardingRowSchema = z.tuple([
  DeviceIdSchema,
  subType,
  piped.pipe(z.array(tag).max(50)),
  piped.pipe(z.array(firmwareType).max(10)),
  z.string().max(8192).regex(PEM_CERTIFICATE, "must be one certificate as PEM"),
]);

/** `POST devices/{id}`: what a device with a registration token of its own says (nRF93M1). */
export const TokenOnboardingSchema = z.strictObject({
  onboardingToken: z.string().min(1).max(4096),
  subType: subType.default(""),
  tags: z.array(tag).max(50).default([]),
  supportedFirmwareTypes: z.array(firmwareType).max(10).default([]),
});
export type TokenOnboarding = z.output<typeof TokenOnboardingSchema>;

const part = z.record(z.string(), z.unknown());

/** `PATCH devices/{id}/state`: changes as RFC 7396 has them; `null` takes a value out. */
export const DeviceStatePatchSchema = z
  .strictObject({ reported: part.exactOptional(), desired: part.exactOptional() })
  .refine((value) => depthOf(value) <= 16, "must not be nested deeper than 16");
export type DeviceStatePatch = z.output<typeof DeviceStatePatchSchema>;

/** `PUT devices/{id}/name`: the name alone, in a list as the vendor's scripts send it. */
export const DeviceNameSchema = z
  .union([z.string(), z.tuple([z.string()])])
  .transform((value) => (typeof value === "string" ? value : value[0]))
  .pipe(
    z
      .string()
      .max(256)
      .regex(/^[^\p{Cc}]+$/u, "must be 1 to 256 characters, none of them a control character"),
  );

/** How deep objects and lists are nested, counted without recursion as the input decides. */
function depthOf(value: unknown): number {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  let deepest = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    const depth = next.depth + 1;
    deepest = Math.max(deepest, depth);
    for (const inner of Object.values(next.value)) open.push({ value: inner, depth });
  }
  return deepest;
}
