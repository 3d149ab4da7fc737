import type { StationError } from "../core/error.ts";
import type { Secret } from "../core/secret.ts";
import type { Errno } from "./errno.ts";

/** The library's events by number (protocol.md 2.1). */
export const EVENT_NUMBERS = {
  START: 1,
  STOP: 2,
  DONE: 3,
  FAILED: 4,
  NO_COMMANDS: 5,
  FAILED_TOO_MANY_COMMANDS: 6,
  FAILED_DEVICE_NOT_CLAIMED: 7,
  FAILED_WRONG_ROOT_CA: 8,
  FAILED_NO_VALID_DATETIME: 9,
  NEED_LTE_DEACTIVATED: 10,
  NEED_LTE_ACTIVATED: 11,
  SCHEDULED_PROVISIONING: 12,
  FATAL_ERROR: 13,
} as const;

/** What the client tells its host, in order; one result event and STOP end a run (protocol.md 2.1). */
export type ProvisioningEvent =
  | { readonly type: "START" | "STOP" | "DONE" | "NO_COMMANDS" }
  | { readonly type: "NEED_LTE_DEACTIVATED" | "NEED_LTE_ACTIVATED" }
  | {
      readonly type:
        "FAILED" | "FAILED_TOO_MANY_COMMANDS" | "FAILED_WRONG_ROOT_CA" | "FAILED_NO_VALID_DATETIME" | "FATAL_ERROR";
      /** Why, for the operator; the library has no such data. */
      readonly error: StationError;
    }
  | {
      readonly type: "FAILED_DEVICE_NOT_CLAIMED";
      readonly error: StationError;
      /** The attestation token to claim the unit with; absent when the modem gave none or the option is off. */
      readonly token?: Secret;
    }
  | {
      readonly type: "SCHEDULED_PROVISIONING";
      /** Whole seconds until the next attempt. */
      readonly seconds: number;
    };

/**
 * Takes the events. It is called synchronously, as the library's, and must not throw. For the two NEED_LTE events it may
 * answer a promise: the client waits for it (within the modem-state limit) before it looks at the modem for the first
 * time, so that a host that switches the modem itself loses no polling second. Other promises are not waited for.
 */
export type EventCallback = (event: ProvisioningEvent) => void | Promise<void>;

/** The result event of a failed run (protocol.md 10). */
export function failureEventName(
  errno: Errno,
): "FAILED" | "FAILED_TOO_MANY_COMMANDS" | "FAILED_WRONG_ROOT_CA" | "FAILED_DEVICE_NOT_CLAIMED" | "NO_COMMANDS" {
  if (errno === "EACCES") return "FAILED_DEVICE_NOT_CLAIMED";
  if (errno === "ENOMEM") return "FAILED_TOO_MANY_COMMANDS";
  if (errno === "ECONNREFUSED") return "FAILED_WRONG_ROOT_CA";
  return errno === "ENODATA" ? "NO_COMMANDS" : "FAILED";
}

/** Whether a scheduled client tries again after a backoff instead of an interval (protocol.md 2.5). */
export function isBackoffResult(errno: Errno): boolean {
  return errno === "EBUSY" || errno === "ETIMEDOUT";
}
