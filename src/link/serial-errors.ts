import { StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { holdersOf, namesOf } from "./port-holder.ts";

/** What the texts of serialport's errors mean; it gives no codes (bindings-cpp: `strerror` on Unix, own words on Windows). */
const MEANINGS: readonly (readonly [text: RegExp, code: ErrorCode, what: string])[] = [
  [
    /Cannot lock port|Resource busy|resource busy|Resource temporarily unavailable/,
    "link.busy",
    "another program has the port open",
  ],
  [/No such file|No such device|File not found/, "link.absent", "the port is not there"],
  [/Permission denied|Operation not permitted/, "link.denied", "the system does not let this user open the port"],
  // Windows opens a COM port for one program at a time and says so with these words
  [/Access denied/, "link.busy", "another program has the port open"],
  [/Input\/output error|Unknown error code (?:31|1167|433)\b/, "link.absent", "the port's device does not respond"],
];

/** The error of the table for a serial port that did not open; for a busy one, who holds it where the system tells. */
export async function serialOpenError(port: string, path: string, cause: unknown): Promise<StationError> {
  const text = cause instanceof Error ? cause.message : "";
  const [, code, what] = MEANINGS.find(([pattern]) => pattern.test(text)) ?? [];
  if (code === undefined || what === undefined)
    return new StationError("link.open-failed", "the port could not be opened", { port }, { cause });
  if (code !== "link.busy") return new StationError(code, what, { port }, { cause });
  const names = namesOf(await holdersOf(path));
  if (names === "") return new StationError(code, what, { port }, { cause });
  // In the sentence too: it is what is shown beside the slot.
  return new StationError(code, `${what}: ${names}`, { port, heldBy: names }, { cause });
}
