import { z } from "zod";
import { AuthoritiesSchema } from "./authority.ts";
import { label } from "./common.ts";

const HostSchema = z
  .string()
  .min(1)
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:]+)$/,
    "must be a host name or address",
  );
const PortSchema = z.int().min(1).max(65_535);

const HttpsUrlSchema = z
  .string()
  .max(512)
  .regex(/^https:\/\/[^\s@#?]+$/, "must be an https:// address without user, query or fragment");
const ProxySchema = z
  .string()
  .max(512)
  .regex(
    /^https?:\/\/[^\s@#?]+$/,
    "must be an http:// or https:// address; proxy credentials come from the environment",
  );

const endpoint = <Ca extends z.ZodType>(ca: Ca, port: number) =>
  z.strictObject({ host: HostSchema, port: PortSchema.default(port), ca });

const limits = z
  .strictObject({
    rxBytes: z.int().min(512).max(65_536).default(2304),
    txBytes: z.int().min(512).max(65_536).default(2304),
    atBytes: z.int().min(256).max(65_536).default(2304),
    records: z.int().min(5).max(20).default(10),
  })
  .default({ rxBytes: 2304, txBytes: 2304, atBytes: 2304, records: 10 });

/** A profile with CA fields of one kind: file names in files, PEM text in orders. */
const profileOf = <Ca extends z.ZodType, Authorities extends z.ZodType>(ca: Ca, authorities: Authorities) =>
  z
    .strictObject({
      profile: z.literal(1),
      name: label(64),
      service: z.enum(["embedded", "nrf-cloud"]),
      transport: z.enum(["https", "coaps"]).default("https"),
      https: endpoint(ca, 443).exactOptional(),
      coaps: endpoint(ca, 5684).exactOptional(),
      /** The owner's REST API; needed where recipes are claimed by the station. */
      owner: z
        .strictObject({
          base: HttpsUrlSchema,
          ca: ca.exactOptional(),
          /** The environment variable that holds the API key. */
          keyEnv: z
            .string()
            .regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "must be an environment variable's name in capitals")
            .exactOptional(),
        })
        .exactOptional(),
      proxy: ProxySchema.exactOptional(),
      compatibility: z.enum(["default", "strict"]).default("default"),
      /** `cver` of the protocol: digits and dots. */
      clientVersion: z
        .string()
        .regex(/^\d+(\.\d+){0,3}$/, "must be a version such as 3.2.0")
        .default("3.2.0"),
      limits,
      /** CAs of one's own that sign what units ask for; they never leave the station core. */
      authorities: authorities.exactOptional(),
    })
    .superRefine((profile, context) => {
      if (profile[profile.transport] === undefined)
        context.addIssue({
          code: "custom",
          message: `must be given for transport ${profile.transport}`,
          path: [profile.transport],
        });
    });

/** A service's endpoints; a file that a person writes. CA fields name files beside the profile. */
export const ProfileSchema = profileOf(label(256), AuthoritiesSchema);
export type Profile = z.output<typeof ProfileSchema>;

/** How units reach a service. */
export type Transport = Profile["transport"];

/** A profile with its CA certificates as PEM text; part of an order. */
export const ResolvedProfileSchema = profileOf(z.string().min(1).max(65_536), z.never());
export type ResolvedProfile = z.output<typeof ResolvedProfileSchema>;
