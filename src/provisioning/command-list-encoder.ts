import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { wireLength } from "./at-string.ts";
import { CborWriter } from "./cbor-writer.ts";
import { IGNORED_CODES_LIMIT, PROPERTIES_LIMIT } from "./command-list-decoder.ts";
import type { Command } from "./command.ts";

/** Object types of commands (protocol.md 3.2). */
export const COMMAND_TYPE = { at: 0, config: 1, finished: 2 } as const;

/** The longest id that a device can remember, in bytes (protocol.md 2.7). */
export const ID_LIMIT = 45;

/**
 * The command list as the service sends it: canonical CBOR, which every build of the library reads (protocol.md 3.3).
 * @param commands at least one; how many and how long is for the caller to fit (protocol.md 14.2)
 * @throws StationError provisioning.list-unsendable when a command is beyond what every device reads: id, ignored codes,
 * settings, or no command at all
 */
export function encodeCommandList(commands: readonly Command[]): Uint8Array<ArrayBuffer> {
  if (commands.length === 0) throw unsendable("a list without commands", {});
  const writer = new CborWriter().list(commands.length);
  for (const command of commands) writeCommand(writer, command);
  return writer.finish();
}

function writeCommand(writer: CborWriter, command: Command): void {
  const size = wireLength(command.id);
  if (size > ID_LIMIT)
    throw unsendable("an id longer than devices remember", {
      id: command.id.slice(0, 64),
      size: quantity(size, "bytes"),
      limit: quantity(ID_LIMIT, "bytes"),
    });
  switch (command.kind) {
    case "at":
      writer.list(5).text(command.id).number(COMMAND_TYPE.at).text(command.command).text(command.parameters);
      writeIgnored(writer, command.id, command.ignoreCmeErrors);
      return;
    case "config":
      writer.list(3).text(command.id).number(COMMAND_TYPE.config);
      writeProperties(writer, command.id, command.properties);
      return;
    case "finished":
      writer.list(2).text(command.id).number(COMMAND_TYPE.finished);
      return;
  }
}

function writeIgnored(writer: CborWriter, id: string, codes: readonly number[]): void {
  const fits = codes.every((code) => Number.isInteger(code) && code >= 0 && code <= 0xffff_ffff);
  if (!fits || codes.length > IGNORED_CODES_LIMIT)
    throw unsendable("more or larger ignored CME codes than devices read", {
      id,
      limit: quantity(IGNORED_CODES_LIMIT, "items"),
      largest: 0xffff_ffff,
    });
  writer.list(codes.length);
  for (const code of codes) writer.number(code);
}

function writeProperties(writer: CborWriter, id: string, properties: readonly (readonly [string, string])[]): void {
  if (properties.length > PROPERTIES_LIMIT)
    throw unsendable("more settings in one command than devices read", {
      id,
      limit: quantity(PROPERTIES_LIMIT, "items"),
    });
  writer.map(properties.length);
  for (const [key, value] of properties) writer.text(key).text(value);
}

function unsendable(what: string, facts: ConstructorParameters<typeof StationError>[2]): StationError {
  return new StationError("provisioning.list-unsendable", what, facts);
}
