import type { AtPort } from "../modem/at-port.ts";
import type { NoticeBoard } from "../modem/board-notice.ts";
import type { ShellPort } from "../modem/shell-port.ts";
import type { AtMode } from "../modem/typed-text.ts";

/** A modem whose line is open, and which answered. */
export interface OpenModem extends AtPort, NoticeBoard {
  /** The port as a person names it. */
  readonly name: string;
  /** How the port takes AT commands. */
  readonly mode: AtMode;
  /** The board's shell; it takes lines in shell mode only. */
  readonly shell: ShellPort;
  /** Whether the modem repeated what was typed before its echo was turned off. */
  readonly echoed: boolean;
  /** Closes the line; harmless when repeated. */
  close(): Promise<void>;
}

/** Opens the line to the modem of a slot. */
export interface ModemOpener {
  /**
   * Opens the port, finds out how it takes commands, and makes sure that the modem answers. Nothing stays open when it fails.
   * @throws StationError link.* when the port does not open; at.* when the modem does not answer
   */
  open(signal?: AbortSignal): Promise<OpenModem>;
}
