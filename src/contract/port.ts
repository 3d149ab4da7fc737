import { z } from "zod";
import { label } from "./common.ts";

/** A text that the system or a device gave: bounded, and nothing that steers a screen. */
const told = label(256);

/** A serial port of this computer with what identifies it. */
export const PortSchema = z.strictObject({
  /** What opens it: `/dev/ttyUSB0`, `COM3`. */
  path: told,
  /** The place in the USB tree: `1-1.4.2` on Linux, the system's location id elsewhere. */
  usbLocation: told.exactOptional(),
  /** The USB interface behind the port, where an adapter has several. */
  interfaceNumber: z.int().min(0).max(255).exactOptional(),
  adapterSerial: told.exactOptional(),
  manufacturer: told.exactOptional(),
  product: told.exactOptional(),
  /** Four hex digits, lower case. */
  vendorId: told.exactOptional(),
  productId: told.exactOptional(),
  /** The name below `/dev/serial/by-path` (Linux). */
  byPath: told.exactOptional(),
  /** The name below `/dev/serial/by-id` (Linux). */
  byId: told.exactOptional(),
  /** Other paths of the same port that somebody asked for. */
  aliases: z.array(told).max(128).exactOptional(),
});
export type Port = z.output<typeof PortSchema>;

/** More ports than this are not looked at. */
export const MOST_PORTS = 512;

export const PortsSchema = z.array(PortSchema).max(MOST_PORTS);

/** What identifies a port as the same one from one look to the next: what opens it, where it is, whose it is. */
export function portKey({ path, usbLocation, interfaceNumber, adapterSerial }: Port): string {
  // Not by its other names: the system gives them some time after it has made the port.
  return JSON.stringify([path, usbLocation ?? null, interfaceNumber ?? null, adapterSerial ?? null]);
}

/** What differs between two looks at the ports. */
export type PortChanges = {
  readonly appeared: readonly Port[];
  readonly vanished: readonly Port[];
};

/** The ports that came and those that went; a board that was changed for another at the same place did both. */
export function portChanges(before: readonly Port[], after: readonly Port[]): PortChanges {
  const had = new Set(before.map(portKey));
  const has = new Set(after.map(portKey));
  return {
    appeared: after.filter((port) => !had.has(portKey(port))),
    vanished: before.filter((port) => !has.has(portKey(port))),
  };
}
