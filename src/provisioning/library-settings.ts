import { inSeconds } from "../core/duration.ts";
import { encodeWireText } from "../core/wire-text.ts";
import { cString } from "./at-string.ts";
import { strtoll } from "./c-number.ts";
import type { Compatibility } from "./execution-seam.ts";
import type { ProvisioningOptions } from "./options.ts";
import type { ScheduleState } from "./schedule.ts";

/** Name of the stored interval below the settings path (protocol.md 8). */
export const INTERVAL_KEY = "interval-sec";
/** Name of the stored correlation id below the settings path. */
export const CORRELATION_KEY = "after-correlation-id";

/** Bytes that a stored interval must stay below: 2^63 - 1 in decimal with its NUL. */
const INTERVAL_BYTES = 20;
/** Bytes that a stored correlation id must stay below: 45 characters and a NUL (protocol.md 2.7). */
const CORRELATION_BYTES = 46;

/** What the library keeps of its settings in memory. */
export type LibraryMemory = { readonly schedule: ScheduleState; readonly latestId: string };

/** One stored setting: full name and value, wire text. */
export type StoredSetting = readonly [key: string, value: string];

/** Takes all settings of the library's subtree, in the store's order, into its memory (protocol.md 8). */
export function takeSettings(
  memory: LibraryMemory,
  stored: readonly StoredSetting[],
  options: ProvisioningOptions,
): LibraryMemory {
  const prefix = `${options.settingsStoragePath}/`;
  return stored.reduce(
    (current, [key, value]) =>
      key.startsWith(prefix) ? takeSetting(current, key.slice(prefix.length), value, options) : current,
    memory,
  );
}

/** Whether a name below the settings path means `target`: the library compares only as far as the name goes (strict). */
export function matchesKey(name: string, target: string, compatibility: Compatibility): boolean {
  if (compatibility !== "strict") return name === target;
  return target.startsWith(/^[^/=]*/.exec(name)?.[0] ?? "");
}

function takeSetting(memory: LibraryMemory, name: string, value: string, options: ProvisioningOptions): LibraryMemory {
  if (matchesKey(name, INTERVAL_KEY, options.compatibility))
    return { ...memory, schedule: takeInterval(memory.schedule, value, options) };
  if (matchesKey(name, CORRELATION_KEY, options.compatibility)) return takeCorrelationId(memory, value);
  return memory;
}

/** A value too long is ignored; an empty, negative or overlong number means the option's interval. */
function takeInterval(schedule: ScheduleState, value: string, options: ProvisioningOptions): ScheduleState {
  const size = encodeWireText(value).length;
  if (size >= INTERVAL_BYTES) return schedule;
  const standard = BigInt(inSeconds(options.interval));
  if (size === 0) return { ...schedule, interval: standard };
  const read = strtoll(value);
  if (read.value < 0n || read.outOfRange) return { ...schedule, interval: standard };
  if (read.value === schedule.interval) return schedule;
  return { ...schedule, interval: read.value, reschedule: true };
}

/** Taken only while no id is known, that is once after the start. */
function takeCorrelationId(memory: LibraryMemory, value: string): LibraryMemory {
  if (memory.latestId !== "" || encodeWireText(value).length >= CORRELATION_BYTES) return memory;
  return { ...memory, latestId: cString(value) };
}
