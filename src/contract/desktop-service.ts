import { z } from "zod";
import { Secret } from "../core/secret.ts";
import { ErrorReportSchema, Sha256HexSchema, TimestampSchema } from "./common.ts";
import { JobSchema } from "./desktop-history.ts";
import { DocumentIdSchema, DocumentSchema } from "./desktop-library.ts";
import { ProfileSchema } from "./profile.ts";
import { ServiceTestSchema } from "./service-test.ts";

const profile = { profile: DocumentIdSchema };

/** The first 8 hex digits of a key's SHA-256: enough to tell two keys apart, not to find one. */
export const FingerprintSchema = z.string().regex(/^[0-9a-f]{8}$/, "must be 8 hex digits");

/** An environment variable's name. */
const VariableSchema = z.string().max(64);

/** The longest key that is taken, in characters. */
export const LONGEST_KEY = 4096;

/**
 * How a key rests. `system`: sealed by the system's own store for keys; `file`: sealed with a key that lies in a file beside it,
 * so that whoever can read the station's data folder can read it too.
 */
export const KeyProtectionSchema = z.enum(["system", "file"]);
export type KeyProtection = z.output<typeof KeyProtectionSchema>;

/** The owner's API key that runs with a profile would use, never the key itself. */
export const KeyFactsSchema = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("none") }),
  /** The environment's comes before any other. */
  z.strictObject({ from: z.literal("environment"), variable: VariableSchema, fingerprint: FingerprintSchema }),
  z.strictObject({
    from: z.literal("vault"),
    protection: KeyProtectionSchema,
    fingerprint: FingerprintSchema,
    keptAt: TimestampSchema,
  }),
  /** In memory alone: gone when the station is closed. */
  z.strictObject({ from: z.literal("session"), fingerprint: FingerprintSchema }),
  /** The training service's own. */
  z.strictObject({ from: z.literal("built-in") }),
]);
export type KeyFacts = z.output<typeof KeyFactsSchema>;

/** Where the proxy of a way comes from; `address` is without user and password. */
export const ProxyFactsSchema = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("none") }),
  z.strictObject({
    from: z.enum(["profile", "environment"]),
    address: z.string().max(600),
    /** The environment gives a user and password for it. */
    signsIn: z.boolean(),
  }),
  /** The address cannot be used. */
  z.strictObject({ from: z.literal("unusable"), error: ErrorReportSchema }),
]);
export type ProxyFacts = z.output<typeof ProxyFactsSchema>;

/** What the station knows about the way to a service besides its profile. */
export const ServiceFactsSchema = z.strictObject({
  key: KeyFactsSchema,
  /** Why a kept key cannot be used: damaged, or sealed on another computer; it has to be entered again. */
  keyProblem: ErrorReportSchema.exactOptional(),
  /** The environment variable that the profile names. */
  variable: z.strictObject({ name: VariableSchema, set: z.boolean() }).exactOptional(),
  /** Whether this computer has a store for keys that deserves the name. */
  keeping: KeyProtectionSchema,
  proxy: z.strictObject({ device: ProxyFactsSchema, owner: ProxyFactsSchema.exactOptional() }),
});
export type ServiceFacts = z.output<typeof ServiceFactsSchema>;

/** The embedded service as it runs now. */
export const EmbeddedFactsSchema = z.strictObject({
  httpsPort: z.int().min(1).max(65_535),
  ownerPort: z.int().min(1).max(65_535),
  /** UDP port of the device side over CoAP; absent until units use it. */
  coapsPort: z.int().min(1).max(65_535).exactOptional(),
  folder: z.string().max(4096),
  caFile: z.string().max(4096),
  /** SHA-256 of the CA certificate. */
  caSha256: Sha256HexSchema,
});
export type EmbeddedFacts = z.output<typeof EmbeddedFactsSchema>;

/** How the live state of a connection test reaches the window. */
export const ServiceTestNewsSchema = z.strictObject({ job: JobSchema, test: ServiceTestSchema });
export type ServiceTestNews = z.output<typeof ServiceTestNewsSchema>;

/** The service's requests; changing keys is an engineer's. */
export const SERVICE_REQUESTS = {
  "service.facts": { asks: z.strictObject(profile), answers: ServiceFactsSchema },
  /** `null`: no embedded service runs. */
  "service.embedded": { asks: z.null(), answers: EmbeddedFactsSchema.nullable() },
  /**
   * Takes an owner's API key for a profile in place of the one before. `session`: until the station is closed; `vault`: kept,
   * refused with vault.unprotected where the system protects nothing; `unprotected`: kept in spite of that.
   */
  "service.enter-key": {
    asks: z.strictObject({
      ...profile,
      key: z
        .string()
        .min(1)
        .max(LONGEST_KEY)
        .regex(/^[\x21-\x7e]+$/, "must be visible ASCII characters")
        .transform((text) => new Secret(text)),
      keep: z.enum(["session", "vault", "unprotected"]),
    }),
    answers: ServiceFactsSchema,
    role: "engineer",
  },
  /** Forgets the key of a profile, kept or in memory. The environment's stays. */
  "service.forget-key": { asks: z.strictObject(profile), answers: ServiceFactsSchema, role: "engineer" },
  /**
   * Goes the way to the service step by step, as runs do; the states come through the channel `serviceTest`, the answer is the
   * last. A cancelled test answers how far it came.
   */
  "service.test": { asks: z.strictObject({ ...profile, job: JobSchema }), answers: ServiceTestSchema },
  /** The same with the profile as it stands in the form. */
  "service.try": {
    asks: z.strictObject({ ...profile, fields: ProfileSchema, job: JobSchema }),
    answers: ServiceTestSchema,
    role: "engineer",
  },
  /** Writes a profile of one's own in place of its old text, of which comments and order stay. */
  "service.write": {
    asks: z.strictObject({ ...profile, fields: ProfileSchema }),
    answers: DocumentSchema,
    role: "engineer",
  },
  /** Copies a CA file that the system's own dialog asks for beside a profile of one's own; `file` is its name for the profile. */
  "service.pick-ca": {
    asks: z.strictObject(profile),
    answers: z.discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("picked"),
        file: z.string().max(256),
        sha256: Sha256HexSchema,
        certificates: z.int().positive(),
      }),
      z.strictObject({ kind: z.literal("cancelled") }),
    ]),
    role: "engineer",
  },
} as const;
