import type { DeviceUuid } from "../core/ids.ts";
import type { AtPort } from "../modem/at-port.ts";

/** The events of the provisioning library, as a board's firmware gets them (protocol.md 2.1). */
export type SelfEventName =
  | "START"
  | "STOP"
  | "DONE"
  | "FAILED"
  | "NO_COMMANDS"
  | "FAILED_TOO_MANY_COMMANDS"
  | "FAILED_DEVICE_NOT_CLAIMED"
  | "FAILED_WRONG_ROOT_CA"
  | "FAILED_NO_VALID_DATETIME"
  | "NEED_LTE_DEACTIVATED"
  | "NEED_LTE_ACTIVATED"
  | "SCHEDULED_PROVISIONING"
  | "FATAL_ERROR";

/** The board from within, as its own firmware has it. */
export type SelfBoard = {
  readonly uuid: DeviceUuid;
  /** The modem below the firmware; the same object in every session of a board. */
  readonly modem: AtPort;
  /** Whether LTE is up: nothing can be sent otherwise. */
  readonly online: () => boolean;
  /** Tells an event; for the two that ask for a mode the answer comes when the modem is in it. */
  readonly tell: (event: SelfEventName) => Promise<void>;
};

/**
 * The provisioning library in a board's firmware. The simulator knows no service: whoever starts it brings this along.
 * `provision` makes one session and settles when it is over; it must end soon when `signal` aborts.
 */
export interface SelfProvisioner {
  provision(board: SelfBoard, signal: AbortSignal): Promise<void>;
}
