import { getProxyForUrl } from "proxy-from-env";
import { StationError } from "../../core/error.ts";
import { isLoopback } from "../../core/loopback.ts";
import { Secret } from "../../core/secret.ts";

/** A proxy that lets connections through with CONNECT (RFC 9110, 9.3.6). */
export type ProxyAddress = {
  /** `https:`: the way to the proxy itself is TLS, verified against the platform's certificates. */
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: number;
  /** `user:password`, as basic authentication takes it. */
  readonly credentials?: Secret;
};

/**
 * Reads `http://[user:password@]host[:port]`; port 80 or 443 by default.
 * @throws StationError transport.proxy-invalid; the address itself is not quoted, as it may hold a password
 */
export function parseProxy(address: string): ProxyAddress {
  const url = urlOf(address);
  if (url === undefined) throw new StationError("transport.proxy-invalid", "the proxy address is not a URL");
  const { protocol } = url;
  if (protocol !== "http:" && protocol !== "https:")
    throw new StationError("transport.proxy-invalid", "the proxy is of a kind that the station does not speak", {
      kind: protocol,
    });
  const port = url.port === "" ? (protocol === "http:" ? 80 : 443) : Number(url.port);
  const host = withoutBrackets(url.hostname);
  const credentials = credentialsOf(url);
  return credentials === undefined ? { protocol, host, port } : { protocol, host, port, credentials };
}

/**
 * The proxy of the environment (HTTPS_PROXY, ALL_PROXY; NO_PROXY honoured, lower case too) for an https URL, or undefined.
 * Loopback addresses never go through a proxy. The answer may hold a password: a secret.
 */
export function environmentProxy(url: string): string | undefined {
  const host = urlOf(url)?.hostname;
  if (host === undefined || isLoopback(host)) return undefined;
  const proxy = getProxyForUrl(url);
  return proxy === "" ? undefined : proxy;
}

/**
 * The proxy to use: the profile's, else the environment's. Profiles hold no credentials; where both name the same proxy,
 * the environment's are taken.
 * @throws StationError transport.proxy-invalid
 */
export function chooseProxy(profile: string | undefined, environment: string | undefined): ProxyAddress | undefined {
  if (profile === undefined) return environment === undefined ? undefined : parseProxy(environment);
  const own = parseProxy(profile);
  if (environment === undefined) return own;
  const other = parseProxy(environment);
  return other.host === own.host && other.port === own.port && other.credentials !== undefined
    ? { ...own, credentials: other.credentials }
    : own;
}

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function credentialsOf(url: URL): Secret | undefined {
  if (url.username === "" && url.password === "") return undefined;
  try {
    return new Secret(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  } catch {
    throw new StationError("transport.proxy-invalid", "the proxy's user or password is not URL-encoded");
  }
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}
