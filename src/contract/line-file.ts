import { z } from "zod";
import { isLoopback } from "../core/loopback.ts";
import type { Secret } from "../core/secret.ts";
import { label } from "./common.ts";

const HOST = "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9a-fA-F:]{2,39}\\])";
const SERVER = new RegExp(`^(tls|nats)://(${HOST}):([0-9]{1,5})$`);

/** The scheme, host and port of a server's address, or undefined when the text is none. */
export function serverAddress(
  text: string,
): { readonly scheme: "tls" | "nats"; readonly host: string; readonly port: number } | undefined {
  const [, scheme, host = "", digits] = SERVER.exec(text) ?? [];
  const port = Number(digits);
  if ((scheme !== "tls" && scheme !== "nats") || port < 1 || port > 65_535) return undefined;
  return { scheme, host, port };
}

const ServerSchema = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const address = serverAddress(text);
    if (address === undefined)
      context.addIssue({ code: "custom", message: "must be an address such as tls://nats1.example.com:4222" });
    else if (address.scheme === "nats" && !isLoopback(address.host))
      context.addIssue({
        code: "custom",
        message: "must be tls://: only a server on this computer may go without TLS",
      });
  });

const CredentialsSchema = z.union(
  [
    z.strictObject({ file: label(256) }),
    z.strictObject({
      environment: z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "must be an environment variable's name in capitals"),
    }),
    z.strictObject({ vault: z.literal(true) }),
  ],
  { error: "must be one of file: PATH, environment: NAME, vault: true" },
);

const InterlockSchema = z.strictObject({
  /** What a run does whose unit cannot be claimed because the line is out of reach. */
  whenAway: z.enum(["refuse", "alone"]).default("refuse"),
  /** How long a claimed unit stays claimed when its station falls silent, s. */
  leaseSeconds: z.int().min(5).max(3600).default(30),
  /** Whether units of simulated and training trays are claimed too. */
  training: z.boolean().default(false),
});

const DocumentsSchema = z.strictObject({
  /** Files with the public keys of engineers (JWK or PEM), beside the line file. */
  trust: z.array(label(256)).max(32).default([]),
  /** Whether nothing starts that no trusted publication covers. */
  require: z.boolean().default(false),
});

const LimitsSchema = z.strictObject({
  /** One attempt to reach a server, s. */
  connectSeconds: z.number().min(0.1).max(60).default(5),
  /** One request to the line, s; nothing ever waits longer for its answer. */
  requestSeconds: z.number().min(0.1).max(60).default(3),
});

/** The file that makes a station part of a line (docs/line-file.md). Paths in it are taken from its folder. */
export const LineFileSchema = z
  .strictObject({
    schema: z.literal(1),
    /** What people call the line. */
    name: label(64),
    station: z.strictObject({
      /** What people call this station; unique on the line. */
      name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, "must be 1 to 32 of a-z, 0-9 and inner dashes"),
    }),
    servers: z.array(ServerSchema).min(1).max(16),
    /** PEM file of the CA that the servers' certificates come from; absent: the system's. */
    ca: label(256).exactOptional(),
    /** NATS credentials: a `.creds` file, or a file with an nkey seed. */
    credentials: CredentialsSchema.exactOptional(),
    limits: LimitsSchema.prefault({}),
    interlock: z.union([z.literal(false), InterlockSchema]).prefault({}),
    documents: DocumentsSchema.prefault({}),
    /** Whether results of runs are published for other systems (docs/line-results.md). */
    results: z.boolean().default(true),
  })
  .superRefine((line, context) => {
    const schemes = new Set(line.servers.map((server) => serverAddress(server)?.scheme));
    if (schemes.size > 1)
      context.addIssue({ code: "custom", message: "must all be tls:// or all nats://", path: ["servers"] });
    if (schemes.has("tls") && line.credentials === undefined)
      context.addIssue({ code: "custom", message: "must be given with tls:// servers", path: ["credentials"] });
    if (schemes.has("nats") && line.ca !== undefined)
      context.addIssue({ code: "custom", message: "has no use without tls:// servers", path: ["ca"] });
  });
export type LineFile = z.output<typeof LineFileSchema>;

/** How units are claimed across the line. */
export type InterlockRule = Exclude<LineFile["interlock"], false>;

/** A line file with what it names: CA as PEM text, credentials, publishers' keys as the text of their files. */
export type ResolvedLine = Omit<LineFile, "ca" | "credentials" | "documents"> & {
  readonly ca?: string;
  readonly credentials?: Secret;
  readonly documents: { readonly trust: readonly string[]; readonly require: boolean };
};
