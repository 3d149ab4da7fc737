/** A serial port of this computer with what identifies it. */
export type SerialPortInfo = {
  /** What opens it: `/dev/ttyUSB0`, `COM3`. */
  readonly path: string;
  /** The place in the USB tree: `1-1.4.2` on Linux, the system's location id elsewhere. */
  readonly usbLocation?: string;
  /** The USB interface behind the port, where an adapter has several. */
  readonly interfaceNumber?: number;
  /** The serial number of the adapter. */
  readonly adapterSerial?: string;
  readonly manufacturer?: string;
  readonly product?: string;
  /** Four hex digits, lower case. */
  readonly vendorId?: string;
  readonly productId?: string;
  /** The name below `/dev/serial/by-path` (Linux). */
  readonly byPath?: string;
  /** The name below `/dev/serial/by-id` (Linux); identical adapters share it. */
  readonly byId?: string;
};
