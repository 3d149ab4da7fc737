import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { parseHostPort, parseLinkName } from "./link-name.ts";
import type { LinkSpec, PortAddress, SerialLine } from "./port-address.ts";
import type { SerialPortInfo } from "./serial-port-info.ts";

/**
 * The port that a slot's address means. Network addresses and paths stand for themselves; the other ways are looked up in
 * `ports` (list-ports.ts).
 * @throws StationError link.absent when no port fits, link.ambiguous when several do, link.bad-address
 */
export function findPort(how: PortAddress, ports: readonly SerialPortInfo[], line: SerialLine = {}): LinkSpec {
  if ("tcp" in how) return parseHostPort(how.tcp);
  if ("path" in how) return parseLinkName(how.path, line);
  const found = ports.filter((port) => fits(how, port));
  const [port, ...others] = found;
  if (port === undefined) throw new StationError("link.absent", "no port is at this address", { ...wanted(how) });
  if (others.length > 0) {
    const paths = found.map(({ path }) => path).join(", ");
    const facts = { ...wanted(how), found: quantity(found.length, "items"), ports: paths };
    throw new StationError("link.ambiguous", "several ports are at this address", facts);
  }
  return { kind: "serial", path: port.path, line };
}

type Lookup = Exclude<PortAddress, { readonly tcp: string } | { readonly path: string }>;

function fits(how: Lookup, port: SerialPortInfo): boolean {
  if ("byPath" in how) return port.byPath === how.byPath.replace(/^\/dev\/serial\/by-path\//, "");
  if (how.interface !== undefined && port.interfaceNumber !== how.interface) return false;
  return "usb" in how ? port.usbLocation === how.usb : port.adapterSerial === how.adapterSerial;
}

function wanted(how: Lookup): Readonly<Record<string, string | number>> {
  if ("byPath" in how) return { byPath: how.byPath };
  const number = how.interface === undefined ? {} : { interface: how.interface };
  return "usb" in how ? { usb: how.usb, ...number } : { adapterSerial: how.adapterSerial, ...number };
}
