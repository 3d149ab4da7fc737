import type { StationError } from "../core/error.ts";

/** What an {@link AtLink} tells its one reader. */
export interface AtLinkReader {
  /** Bytes as they came, in any chunking; the array is the reader's own. */
  onData(bytes: Uint8Array): void;
  /** The far side is gone or the link was closed; called once, nothing follows. `reason` is absent after an asked-for close. */
  onClosed(reason?: StationError): void;
}

/** An open byte stream to a modem: a serial port or a tcp connection. */
export interface AtLink {
  /** The port as a person names it: `serial:/dev/ttyUSB0`, `tcp://10.0.0.7:4001`. */
  readonly name: string;
  /** Sets the one reader; bytes that came before are delivered to it at once, in order. */
  listen(reader: AtLinkReader): void;
  /**
   * Writes all bytes, in order, respecting flow control.
   * @throws StationError link.lost when the port is gone, link.stuck when the far side takes no bytes within the link's limit
   */
  write(bytes: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** Closes the link and frees the port; harmless when repeated. */
  close(): Promise<void>;
}

/** Opens a link anew; used at the start of a run and after a loss. */
export interface AtLinkOpener {
  /** @throws StationError link.* when the port is absent, busy, refused or does not open in time */
  open(signal?: AbortSignal): Promise<AtLink>;
}
