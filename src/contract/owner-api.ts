import { z } from "zod";
import { label } from "./common.ts";
import { SecurityTagSchema } from "./recipe-command.ts";

/** What the owner's REST API of the embedded service accepts (peers.md 4.1, protocol.md 14.5). Unknown fields are refused. */

const secTag = SecurityTagSchema;
/** Text that becomes a quoted AT parameter: line ends are allowed, quotes and other control characters are not (at.md 1). */
const quotable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^(?:[^"\p{Cc}]|[\t\r\n])*$/u, "must not contain quotes or control characters");

const oneLine = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^"\p{Cc}]*$/u, "must not contain quotes or control characters");

const withoutNul = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes("\0"), "must not contain NUL");

const keyOptions = {
  secTag,
  /** X.509 subject; empty: the modem's default `CN=<device UUID>` (at.md 5). */
  attributes: oneLine(512).default(""),
  keyUsage: z
    .string()
    .regex(/^(?:[01]{9})?$/, "must be 9 binary digits")
    .default(""),
};

const certificate = z.strictObject({ secTag, content: quotable(8192) });

const settings = z
  .record(
    withoutNul(64).refine((text) => text !== "", "must not be empty"),
    z.string().max(1024),
  )
  .refine((value) => countOf(value) >= 1 && countOf(value) <= 10, "must hold 1 to 10 settings")
  .transform((value): Readonly<Record<string, string>> => {
    const { key, value: text } = value;
    return key !== undefined && text !== undefined && countOf(value) === 2 ? { [key]: text } : value;
  });

const hexKey = z
  .string()
  .min(2)
  .max(256)
  .regex(/^(?:[0-9A-Fa-f]{2})+$/, "must be hex digits, two for each byte");

const preSharedKey = z
  .strictObject({
    secTag,
    identity: quotable(128),
    secret: hexKey.exactOptional(),
    key: hexKey.exactOptional(),
    content: hexKey.exactOptional(),
  })
  .transform((value, context) => {
    const given = [value.secret, value.key, value.content].filter((text) => text !== undefined);
    const [secret] = given;
    if (secret !== undefined && given.length === 1) return { secTag: value.secTag, identity: value.identity, secret };
    context.addIssue({
      code: "custom",
      message: "must be given once, as secret (or key, or content)",
      path: ["secret"],
    });
    return z.NEVER;
  });

const atCommand = z.strictObject({
  command: z
    .string()
    .regex(/^[%+#$&A-Za-z][%+#$&A-Za-z0-9_]{0,63}$/, "must be the command's name with its prefix, for example %XPTW"),
  parameters: withoutNul(8192).default(""),
  ignoreCmeErrors: z.array(z.int().min(0).max(4_294_967_295)).max(6).default([]),
});

/** The request kinds of a provisioning command and their fields, by the owner API's names. */
export const OWNER_REQUESTS = {
  certificateSigningRequest: z.strictObject(keyOptions),
  cloudAccessKeyGeneration: z.strictObject(keyOptions),
  clientPrivateKeyGeneration: z.strictObject(keyOptions),
  endorsementKeyGeneration: z.strictObject({ secTag }),
  serverCertificate: certificate,
  clientCertificate: certificate,
  clientPrivateKey: z.strictObject({ secTag, content: quotable(8192), password: oneLine(32).exactOptional() }),
  preSharedKey,
  atCommand,
  config: settings,
  finished: z.strictObject({}),
} as const;

/** A request kind of the owner API. */
export type OwnerRequestKind = keyof typeof OWNER_REQUESTS;

/** One provisioning command as the owner asks for it. */
export type OwnerRequest = {
  [Kind in OwnerRequestKind]: { readonly kind: Kind; readonly options: z.output<(typeof OWNER_REQUESTS)[Kind]> };
}[OwnerRequestKind];

/** Other spellings of a kind that documents and tools use. */
const ALIASES: Readonly<Record<string, OwnerRequestKind>> = {
  psk: "preSharedKey",
  endorsementPrivateKeyGeneration: "endorsementKeyGeneration",
};

/** The `request` object of the API, one key that names the kind, as a tagged value. */
const OwnerRequestSchema = z.record(z.string().max(64), z.unknown()).transform((value, context): OwnerRequest => {
  const [entry, ...more] = Object.entries(value);
  const kind = entry === undefined ? undefined : kindOf(entry[0]);
  if (entry === undefined || kind === undefined || more.length > 0) {
    const names = Object.keys(OWNER_REQUESTS).join(", ");
    context.addIssue({ code: "custom", message: `must hold exactly one of ${names}` });
    return z.NEVER;
  }
  const parsed = OWNER_REQUESTS[kind].safeParse(entry[1]);
  if (parsed.success) return { kind, options: parsed.data } as OwnerRequest;
  for (const issue of parsed.error.issues)
    context.addIssue({ code: "custom", message: issue.message, path: [entry[0], ...issue.path] });
  return z.NEVER;
});

function kindOf(name: string): OwnerRequestKind | undefined {
  if (Object.hasOwn(OWNER_REQUESTS, name)) return name as OwnerRequestKind;
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

function countOf(value: Readonly<Record<string, string>>): number {
  return Object.keys(value).length;
}

const description = oneLineText(1024).default("");

function oneLineText(max: number) {
  return z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, "must not contain control characters");
}

/** A tag of a claimed device; matched whole by rules. */
export const OwnerTagSchema = label(256);

/** Tags of one claim or rule. */
export const TAGS_LIMIT = 50;

/**
 * Tags as they are kept: the vendor's tools join several by commas, in one item of the list or one field of a row (peers.md
 * 4.1); blanks around them and empty ones do not count, and none counts twice.
 */
export function tagsOf(items: readonly string[]): string[] {
  const tags = items.flatMap((item) => item.split(",")).map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ""))];
}

const tags = z
  .array(z.string().max(4096))
  .max(TAGS_LIMIT)
  .transform(tagsOf)
  .pipe(z.array(OwnerTagSchema).max(TAGS_LIMIT));

/** `POST claimed-devices` with a JSON body. */
export const ClaimRequestSchema = z.strictObject({
  claimToken: z.string().min(1).max(2048),
  tags: tags.default([]),
});
export type ClaimRequest = z.output<typeof ClaimRequestSchema>;

/** `POST claimed-devices/{uuid}/provisioning`. */
export const ProvisioningCommandSchema = z.strictObject({ description, request: OwnerRequestSchema });
export type ProvisioningCommand = z.output<typeof ProvisioningCommandSchema>;

/** `POST provisioning-rules`: commands that every claimed device with one of the tags gets. */
export const ProvisioningRuleSchema = z.strictObject({
  name: label(256),
  description,
  active: z.boolean().default(true),
  commands: z
    .array(z.strictObject({ description, request: OwnerRequestSchema }))
    .min(1)
    .max(20),
  tags: tags.pipe(z.array(OwnerTagSchema).min(1)),
});
export type ProvisioningRule = z.output<typeof ProvisioningRuleSchema>;

/** `POST provisioning/tags`. */
export const ProvisioningTagSchema = z.strictObject({ tag: OwnerTagSchema, description });
export type ProvisioningTag = z.output<typeof ProvisioningTagSchema>;

/** States of a provisioning command at the owner's side; the last two are final. */
export const COMMAND_STATUSES = ["PENDING", "IN_PROGRESS", "SUCCEEDED", "FAILED"] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** What the holder of an API key may do: viewers read, all others write as well (peers.md 4.1). */
export const OWNER_ROLES = ["viewer", "editor", "admin", "owner"] as const;
export type OwnerRole = (typeof OWNER_ROLES)[number];
