import type { Fixture, PortAddress } from "./fixture.ts";
import type { Port } from "./port.ts";

/** A port that does not belong to this computer: it cannot be seen coming and going. */
export function isRemote(address: PortAddress): boolean {
  return "tcp" in address || ("path" in address && address.path.startsWith("tcp://"));
}

/** The path that an address names by itself, without looking at what identifies the port. */
export function namedPath(address: PortAddress): string | undefined {
  if (!("path" in address) || isRemote(address)) return undefined;
  return address.path.startsWith("serial:") ? address.path.slice("serial:".length) : address.path;
}

/** The ports that a slot's address means; one, unless nothing is plugged in or the address is not exact enough. */
export function portsAt(address: PortAddress, ports: readonly Port[]): readonly Port[] {
  return ports.filter((port) => fits(address, port));
}

function fits(address: PortAddress, port: Port): boolean {
  if ("tcp" in address) return false;
  if ("path" in address) {
    const path = namedPath(address);
    return path !== undefined && (port.path === path || port.aliases?.includes(path) === true);
  }
  if ("byPath" in address) return port.byPath === address.byPath.replace(/^\/dev\/serial\/by-path\//, "");
  if (address.interface !== undefined && port.interfaceNumber !== address.interface) return false;
  return "usb" in address ? port.usbLocation === address.usb : port.adapterSerial === address.adapterSerial;
}

/**
 * What is plugged in at a slot: nothing, one port, several (the address must name the interface), or unknown, as of network
 * addresses.
 */
export type Presence = "absent" | "present" | "several" | "unknown";

export function presenceOf(address: PortAddress, ports: readonly Port[]): Presence {
  if (isRemote(address)) return "unknown";
  const [first, second] = portsAt(address, ports);
  if (first === undefined) return "absent";
  return second === undefined ? "present" : "several";
}

/** The paths that a fixture names by themselves: only a look at each tells whether it is there. */
export function namedPaths(fixture: Pick<Fixture, "slots">): readonly string[] {
  return fixture.slots.flatMap(({ port }) => namedPath(port) ?? []);
}

/** How a port can be named in a fixture. */
export type Way = "usb" | "adapterSerial" | "byPath" | "path";

/** The addresses of a port, the most lasting first. */
export function addressesOf(port: Port): readonly { readonly way: Way; readonly address: PortAddress }[] {
  const { usbLocation, adapterSerial, byPath, interfaceNumber, path } = port;
  const number = interfaceNumber === undefined ? {} : { interface: interfaceNumber };
  return [
    ...(fitsLabel(usbLocation, 64) ? [{ way: "usb", address: { usb: usbLocation, ...number } } as const] : []),
    ...(fitsLabel(adapterSerial, 64) ? [{ way: "adapterSerial", address: { adapterSerial, ...number } } as const] : []),
    ...(byPath === undefined ? [] : [{ way: "byPath", address: { byPath } } as const]),
    { way: "path", address: { path } },
  ];
}

function fitsLabel(text: string | undefined, limit: number): text is string {
  return text !== undefined && text.length <= limit;
}

/** The way that an address names its port; `tcp` for network addresses. */
export function wayOf(address: PortAddress): Way | "tcp" {
  if ("tcp" in address) return "tcp";
  if ("usb" in address) return "usb";
  if ("adapterSerial" in address) return "adapterSerial";
  return "byPath" in address ? "byPath" : "path";
}
