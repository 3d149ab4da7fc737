/** How a slot finds its port; the shape of the fixture's `port` field. Exactly one way. */
export type PortAddress =
  | { readonly tcp: string }
  | { readonly path: string }
  /** The place in the USB tree, `1-1.4.2` on Linux, the location id elsewhere. */
  | { readonly usb: string; readonly interface?: number }
  | { readonly adapterSerial: string; readonly interface?: number }
  /** A name of `/dev/serial/by-path`. */
  | { readonly byPath: string };

/** How the bytes travel over a serial port; the shape of the fixture's `line` fields that concern it. */
export type SerialLine = {
  /** Default 115200. */
  readonly baud?: number;
  /** Default `rtscts`, as on development kits (at.md 1). */
  readonly flowControl?: "rtscts" | "xonxoff" | "none";
};

/** One port with everything that is needed to open it. */
export type LinkSpec =
  | { readonly kind: "serial"; readonly path: string; readonly line: SerialLine }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };
