import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { decodeWireText } from "../core/wire-text.ts";
import { CborCursor } from "./cbor-cursor.ts";
import type { CommandResponse } from "./command.ts";
import { RESPONSE_TYPE } from "./response-list-encoder.ts";

/** What a service accepts of a device. */
export type ResponseListLimits = {
  /** Responses in one list; devices are built for 5 to 20. */
  readonly records: number;
  /** Bytes of the whole list. */
  readonly bytes: number;
};

/** Generous: the largest record limit of the library, and 20 replies of the largest size that it reports. */
export const RESPONSE_LIST_LIMITS: ResponseListLimits = { records: 20, bytes: 131_072 };

/**
 * Decodes the response list of a device (protocol.md 3.1), canonical or with indefinite lists, as builds of the library
 * send it. Strict otherwise: exactly the schema, nothing behind it.
 * @throws StationError provisioning.report-malformed naming what was expected, the byte offset and the limit
 */
export function decodeResponseList(
  bytes: Uint8Array,
  limits: ResponseListLimits = RESPONSE_LIST_LIMITS,
): readonly CommandResponse[] {
  const refuse = (expected: string, offset: number): StationError =>
    new StationError("provisioning.report-malformed", "the list of results cannot be read", {
      expected,
      offset: quantity(offset, "bytes"),
      length: quantity(bytes.length, "bytes"),
      limit: quantity(limits.bytes, "bytes"),
    });
  if (bytes.length > limits.bytes) throw refuse("a list within the limit", limits.bytes);
  const cursor = new CborCursor(bytes, refuse);
  const list = cursor.list("list of results");
  const responses: CommandResponse[] = [];
  while (cursor.hasMore(list, responses.length)) {
    if (responses.length === limits.records) throw cursor.refuse(`at most ${limits.records} results`);
    responses.push(readResponse(cursor, limits.bytes));
  }
  if (responses.length === 0) throw cursor.refuse("at least one result");
  cursor.end("nothing behind the list of results");
  return responses;
}

function readResponse(cursor: CborCursor, textLimit: number): CommandResponse {
  const text = (what: string): string => decodeWireText(cursor.text(what, textLimit));
  const head = cursor.list("result");
  const next = (read: number): void => {
    if (!cursor.hasMore(head, read)) throw cursor.refuse("another element of the result");
  };
  const end = <T>(read: number, value: T): T => {
    if (cursor.hasMore(head, read)) throw cursor.refuse("end of the result");
    return value;
  };
  next(0);
  const id = text("id of the result");
  next(1);
  const type = cursor.unsigned("object type");
  switch (type) {
    case RESPONSE_TYPE.error: {
      next(2);
      const cme = cursor.unsigned("CME code");
      if (cme > 0xffff_ffff) throw cursor.refuse("CME code of at most 4294967295");
      next(3);
      return end(4, { kind: "error", id, cme, message: text("message") });
    }
    case RESPONSE_TYPE.at:
      next(2);
      return end(3, { kind: "at", id, message: text("message") });
    case RESPONSE_TYPE.config:
      return end(2, { kind: "config", id });
    case RESPONSE_TYPE.finished:
      return end(2, { kind: "finished", id });
  }
  throw cursor.refuse("object type 99, 100, 101 or 102");
}
