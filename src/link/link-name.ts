import { StationError } from "../core/error.ts";
import type { LinkSpec, SerialLine } from "./port-address.ts";

const HOST_PORT = /^(?:\[([0-9A-Fa-f:.%]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

/**
 * Reads a port as a person names it: `serial:/dev/ttyUSB0`, `serial:COM3`, `tcp://10.0.0.7:4001`, `tcp://[::1]:4001`; a bare
 * path is a serial port.
 * @throws StationError link.bad-address
 */
export function parseLinkName(name: string, line: SerialLine = {}): LinkSpec {
  if (name.startsWith("tcp://")) return parseHostPort(name.slice(6));
  const path = name.startsWith("serial:") ? name.slice(7) : name;
  if (path === "" || path.length > 256 || path.includes("://") || /\p{Cc}/u.test(path))
    throw new StationError("link.bad-address", "this names no port", { port: name.slice(0, 80) });
  return { kind: "serial", path, line };
}

/** Reads `host:port` or `[ipv6]:port`. @throws StationError link.bad-address */
export function parseHostPort(text: string): Extract<LinkSpec, { readonly kind: "tcp" }> {
  const parts = HOST_PORT.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65_535))
    throw new StationError("link.bad-address", "this is not host:port", { address: text.slice(0, 80) });
  return { kind: "tcp", host, port };
}

/** The port as a person names it; what {@link parseLinkName} reads. */
export function linkName(spec: LinkSpec): string {
  if (spec.kind === "serial") return `serial:${spec.path}`;
  return `tcp://${spec.host.includes(":") ? `[${spec.host}]` : spec.host}:${spec.port}`;
}
