import { asStationError } from "../core/error.ts";
import type { ProvisioningClient } from "./client.ts";
import type { SettingsStore } from "./client-ports.ts";
import type { ProvisioningEvent } from "./events.ts";
import type { ProvisioningOptions } from "./options.ts";

/** What the custom AT commands work on. */
export type CustomAtPorts = {
  readonly client: Pick<ProvisioningClient, "triggerManually">;
  readonly settings: SettingsStore;
  readonly options: ProvisioningOptions;
  /** The console: takes what AT#PROVCFG prints. */
  readonly print: (line: string) => void;
};

/**
 * Answers `AT#PROVSTART` and `AT#PROVCFG` (option CUSTOM_AT, protocol.md 11) with OK or ERROR; undefined for other
 * commands and without the option. AT#PROVCFG prints the library's settings, which hold no secret.
 */
export async function answerCustomAt(command: string, ports: CustomAtPorts): Promise<"OK" | "ERROR" | undefined> {
  if (!ports.options.customAt) return undefined;
  switch (command.trim().toUpperCase()) {
    case "AT#PROVSTART":
      return ports.client.triggerManually() === 0 ? "OK" : "ERROR";
    case "AT#PROVCFG":
      return printSettings(ports);
  }
  return undefined;
}

/** The number that the Serial Modem add-on reports as `#XNRFPROV: <n>` for an event; undefined where it is silent. */
export function serialModemNumber(event: ProvisioningEvent): number | undefined {
  switch (event.type) {
    case "DONE":
    case "NO_COMMANDS":
      return 0;
    case "NEED_LTE_DEACTIVATED":
      return 1;
    case "NEED_LTE_ACTIVATED":
      return 2;
    case "FAILED":
      return -1;
    case "FAILED_DEVICE_NOT_CLAIMED":
      return -2;
    case "FAILED_WRONG_ROOT_CA":
      return -3;
    case "FAILED_NO_VALID_DATETIME":
      return -4;
    case "FAILED_TOO_MANY_COMMANDS":
      return -5;
    case "FATAL_ERROR":
      return -6;
    case "START":
    case "STOP":
    case "SCHEDULED_PROVISIONING":
      return undefined;
  }
}

async function printSettings(ports: CustomAtPorts): Promise<"OK" | "ERROR"> {
  try {
    const stored = await ports.settings.load(ports.options.settingsStoragePath);
    for (const [key, value] of stored) ports.print(`${key}: ${value}`);
    return "OK";
  } catch (error) {
    ports.print(asStationError(error).message);
    return "ERROR";
  }
}
