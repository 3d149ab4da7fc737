import { StationError } from "../core/error.ts";
import { quantity, type Facts } from "../core/fact.ts";
import { decodeWireText } from "../core/wire-text.ts";
import type { Command } from "./command.ts";
import type { Errno } from "./errno.ts";
import type { CodecLimits } from "./execution-seam.ts";
import { ZcborReader, type ReadFailure, type TextRange, type ZcborError } from "./zcbor-reader.ts";

/** The most ignored CME codes of one AT command (protocol.md 3.2). */
export const IGNORED_CODES_LIMIT = 6;
/** The most settings of one config command (protocol.md 3.2). */
export const PROPERTIES_LIMIT = 10;

/** What the decoder needs to know of the library's build. */
export type DecoderLimits = Pick<CodecLimits, "records" | "input">;

/** The outcome of decoding a command list. */
export type CommandListVerdict =
  | {
      readonly accepted: true;
      readonly commands: readonly Command[];
      /** Bytes of the list; what follows it is ignored (protocol.md 3.3). */
      readonly consumed: number;
    }
  | {
      readonly accepted: false;
      /** The vendor decoder's reason. */
      readonly error: ZcborError;
      /** The library's result (protocol.md 3.5): ENOMEM for "too many commands", else EINVAL. */
      readonly errno: Errno;
      /** The place furthest into the list that was not understood. */
      readonly place: ReadFailure;
    };

/**
 * Decodes a command list (protocol.md 3.1) with the verdict of the vendor's decoder, zcbor 0.9.1: `canonical` as the
 * sample's build, `tolerant` as Kconfig's default. Never throws; reads each byte at most twice and keeps at most
 * `limits.records` commands.
 */
export function examineCommandList(bytes: Uint8Array, limits: DecoderLimits): CommandListVerdict {
  const reader = new ZcborReader(bytes, limits.input === "canonical");
  const read = readList(reader, limits.records);
  if (read !== undefined)
    return { accepted: true, commands: read.map((found) => toCommand(found, bytes)), consumed: reader.offset };
  const error = reader.lastError ?? "ZCBOR_ERR_WRONG_TYPE";
  const place = reader.furthest ?? { expected: "list of commands", offset: 0, error };
  return { accepted: false, error, errno: error === "ZCBOR_ERR_HIGH_ELEM_COUNT" ? "ENOMEM" : "EINVAL", place };
}

/**
 * Decodes a command list as {@link examineCommandList}.
 * @throws StationError provisioning.list-too-long where the library says "too many commands" (its record limit, or a
 * command after the first that cannot be read), provisioning.list-malformed else; facts name the place, limit and errno
 */
export function decodeCommandList(bytes: Uint8Array, limits: DecoderLimits): readonly Command[] {
  const verdict = examineCommandList(bytes, limits);
  if (verdict.accepted) return verdict.commands;
  throw refusalOf(verdict, bytes.length, limits);
}

/** The error that tells of a refused list. */
export function refusalOf(
  verdict: CommandListVerdict & { readonly accepted: false },
  length: number,
  limits: DecoderLimits,
): StationError {
  const facts: Facts = {
    expected: verdict.place.expected,
    offset: quantity(verdict.place.offset, "bytes"),
    length: quantity(length, "bytes"),
    limit: quantity(limits.records, "commands"),
    errno: verdict.errno,
    decoder: verdict.error,
  };
  if (verdict.errno === "ENOMEM")
    return new StationError(
      "provisioning.list-too-long",
      "the command list is longer than the limit, or a later command cannot be read",
      facts,
    );
  return new StationError("provisioning.list-malformed", "the command list cannot be read", facts);
}

type FoundCommand = { readonly id: TextRange; readonly body: FoundBody };
type FoundBody =
  | {
      readonly kind: "at";
      readonly command: TextRange;
      readonly parameters: TextRange;
      readonly ignored: readonly number[];
    }
  | { readonly kind: "config"; readonly properties: readonly (readonly [TextRange, TextRange])[] }
  | { readonly kind: "finished" };

function readList(reader: ZcborReader, records: number): readonly FoundCommand[] | undefined {
  if (!reader.startList("list of commands")) return undefined;
  const commands = reader.repeat(1, records, () => readCommand(reader), "command");
  if (commands === undefined) {
    reader.abandonContainer();
    return undefined;
  }
  return reader.endContainer("end of the list of commands") ? commands : undefined;
}

function readCommand(reader: ZcborReader): FoundCommand | undefined {
  if (!reader.startList("command")) return undefined;
  const id = reader.text("id");
  const body = id === undefined ? undefined : readBody(reader);
  if (id === undefined || body === undefined) {
    reader.abandonContainer();
    return undefined;
  }
  return reader.endContainer("end of the command") ? { id, body } : undefined;
}

function readBody(reader: ZcborReader): FoundBody | undefined {
  if (!reader.startUnion()) return undefined;
  const body =
    readAtCommand(reader) ??
    (reader.nextAlternative() ? readConfig(reader) : undefined) ??
    (reader.nextAlternative() && reader.expectNumber(2, "object type") ? { kind: "finished" as const } : undefined);
  reader.endUnion();
  return body;
}

function readAtCommand(reader: ZcborReader): FoundBody | undefined {
  if (!reader.expectNumber(0, "object type")) return undefined;
  const command = reader.text("AT command name");
  const parameters = command === undefined ? undefined : reader.text("AT command parameters");
  if (command === undefined || parameters === undefined) return undefined;
  if (!reader.startList("list of ignored CME codes")) return undefined;
  const ignored = reader.repeat(0, IGNORED_CODES_LIMIT, () => reader.uint32("ignored CME code"), "ignored CME code");
  if (ignored === undefined) {
    reader.abandonContainer();
    return undefined;
  }
  const ended = reader.endContainer(`end of the list of at most ${IGNORED_CODES_LIMIT} ignored CME codes`);
  return ended ? { kind: "at", command, parameters, ignored } : undefined;
}

function readConfig(reader: ZcborReader): FoundBody | undefined {
  if (!reader.expectNumber(1, "object type")) return undefined;
  if (!reader.startMap("map of settings")) return undefined;
  const properties = reader.repeat(0, PROPERTIES_LIMIT, () => readProperty(reader), "setting");
  if (properties === undefined) {
    reader.abandonContainer();
    return undefined;
  }
  const ended = reader.endContainer(`end of the map of at most ${PROPERTIES_LIMIT} settings`);
  return ended ? { kind: "config", properties } : undefined;
}

function readProperty(reader: ZcborReader): readonly [TextRange, TextRange] | undefined {
  const key = reader.text("setting key");
  const value = key === undefined ? undefined : reader.text("setting value");
  return key === undefined || value === undefined ? undefined : [key, value];
}

function toCommand(found: FoundCommand, bytes: Uint8Array): Command {
  const text = (range: TextRange): string => decodeWireText(bytes.subarray(range.from, range.to));
  const id = text(found.id);
  const { body } = found;
  switch (body.kind) {
    case "at":
      return {
        kind: "at",
        id,
        command: text(body.command),
        parameters: text(body.parameters),
        ignoreCmeErrors: body.ignored,
      };
    case "config":
      return { kind: "config", id, properties: body.properties.map(([key, value]) => [text(key), text(value)]) };
    case "finished":
      return { kind: "finished", id };
  }
}
