import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { StationError } from "../core/error.ts";
import { isLoopback } from "../core/loopback.ts";
import { Secret } from "../core/secret.ts";

/** Where a central database is. */
export type CentralAddress =
  | { readonly kind: "sqlite"; readonly file: string }
  | {
      readonly kind: "postgres";
      /** A host's name or address, or the folder of a Unix socket. */
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password?: Secret;
      /** TLS with the host's name checked; absent on this computer alone. */
      readonly tls?: { readonly ca?: string };
    };

const LONGEST = 4096;
const PARAMETERS: ReadonlySet<string> = new Set(["host", "sslmode", "sslrootcert"]);

/**
 * Reads `postgres://user:password@host:port/name?sslrootcert=FILE`, `postgres://user@/name?host=/run/postgresql`, or a file's path
 * (also `sqlite:PATH`). A server elsewhere is always reached by TLS with its certificate checked against `sslrootcert` or the
 * system's CAs; `sslmode` may only ask for that (`verify-full`), and `disable` only on this computer.
 * @throws StationError collect.address, whose facts never hold the address
 */
export function parseCentralAddress(text: Secret): CentralAddress {
  const address = text.reveal().trim();
  if (address.length === 0 || address.length > LONGEST) throw bad(`must have 1 to ${LONGEST} characters`);
  if (/\p{Cc}/u.test(address)) throw bad("holds a control character");
  if (!/^postgres(?:ql)?:/.test(address)) return sqliteAddress(address);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // `postgres://user@/name` has no host, which a URL of this kind may not have beside a user.
  const socket = url === undefined ? addressOfSocket(address) : undefined;
  const found = url ?? socket;
  if (found === undefined) throw bad("is no URL");
  return postgresAddress(found);
}

function addressOfSocket(address: string): URL | undefined {
  const filled = address.replace(/^(postgres(?:ql)?:\/\/[^/@]*@)\//, "$1localhost/");
  return URL.canParse(filled) ? new URL(filled) : undefined;
}

function sqliteAddress(text: string): CentralAddress {
  const file = text.startsWith("sqlite:") ? text.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "") : text;
  if (file === "" || /^[a-z][a-z0-9+.-]+:\/\//i.test(file)) throw bad("names neither a PostgreSQL database nor a file");
  return { kind: "sqlite", file: resolve(file) };
}

function postgresAddress(url: URL): CentralAddress {
  // Its name is not told: behind a question mark in a password, it is the rest of that.
  if (![...url.searchParams.keys()].every((name) => PARAMETERS.has(name)))
    throw bad(`has a parameter that is none of ${[...PARAMETERS].join(", ")}`);
  const database = decoded(url.pathname.slice(1), "database name");
  const user = decoded(url.username, "user");
  if (database === "" || database.includes("/")) throw bad("must name one database behind the host");
  if (user === "") throw bad("must name a user");
  const folder = url.searchParams.get("host");
  if (folder !== null && !isAbsolute(folder)) throw bad("has a parameter host that is no folder of a Unix socket");
  const host = folder ?? url.hostname;
  if (host === "") throw bad("must name a host");
  const password = decoded(url.password, "password");
  return {
    ...{ kind: "postgres", host: host.replace(/^\[(.*)\]$/, "$1"), database, user },
    port: url.port === "" ? 5432 : Number(url.port),
    ...(password === "" ? {} : { password: new Secret(password) }),
    ...tlsOf(url, folder !== null || isLoopback(host)),
  };
}

function tlsOf({ searchParams }: URL, near: boolean): { readonly tls?: { readonly ca?: string } } {
  const mode = searchParams.get("sslmode");
  const root = searchParams.get("sslrootcert");
  if (mode !== null && mode !== "verify-full" && mode !== "disable") throw bad("may have sslmode verify-full only");
  if (mode === "disable" && !near) throw bad("may go without TLS on this computer only");
  if (near && mode !== "verify-full" && root === null) return {};
  return { tls: root === null ? {} : { ca: caOf(root) } };
}

function caOf(file: string): string {
  const text = textOf(file);
  // Node's TLS would take a file without one, and trust nobody.
  if (isCertificate(text)) return text;
  throw new StationError("collect.address", "the CA file holds no certificate", { file });
}

function textOf(file: string): string {
  try {
    return readFileSync(resolve(file), "utf8");
  } catch (error) {
    throw new StationError("collect.address", "the CA file cannot be read", { file }, { cause: error });
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad(`has a ${what} that is not percent-encoded as it must be`);
  }
}

function bad(what: string): StationError {
  return new StationError("collect.address", `the address of the central database ${what}`);
}
