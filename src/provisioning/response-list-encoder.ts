import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { CborWriter } from "./cbor-writer.ts";
import type { CommandResponse } from "./command.ts";
import type { CodecLimits } from "./execution-seam.ts";

/** Object types of responses (protocol.md 3.2). */
export const RESPONSE_TYPE = { error: 99, at: 100, config: 101, finished: 102 } as const;

/**
 * The response list as a device built like the vendor's sample sends it: canonical CBOR (protocol.md 3.3).
 * @throws StationError provisioning.nothing-to-report when there is no response, provisioning.report-too-large when there
 * are more than `limits.records` or the list is longer than `limits.txBytes`; to the library both are ENODATA (protocol.md 4.1)
 */
export function encodeResponseList(
  responses: readonly CommandResponse[],
  limits: Pick<CodecLimits, "records" | "txBytes">,
): Uint8Array<ArrayBuffer> {
  if (responses.length === 0)
    throw new StationError("provisioning.nothing-to-report", "there is no result to report", { errno: "ENODATA" });
  if (responses.length > limits.records)
    throw new StationError("provisioning.report-too-large", "more results than one report may hold", {
      results: quantity(responses.length, "items"),
      limit: quantity(limits.records, "items"),
      errno: "ENODATA",
    });
  const writer = new CborWriter().list(responses.length);
  for (const response of responses) writeResponse(writer, response);
  if (writer.length > limits.txBytes)
    throw new StationError("provisioning.report-too-large", "the results do not fit the transmit buffer", {
      size: quantity(writer.length, "bytes"),
      limit: quantity(limits.txBytes, "bytes"),
      errno: "ENODATA",
    });
  return writer.finish();
}

function writeResponse(writer: CborWriter, response: CommandResponse): void {
  switch (response.kind) {
    case "error":
      writer.list(4).text(response.id).number(RESPONSE_TYPE.error).number(response.cme).text(response.message);
      return;
    case "at":
      writer.list(3).text(response.id).number(RESPONSE_TYPE.at).text(response.message);
      return;
    case "config":
    case "finished":
      writer.list(2).text(response.id).number(RESPONSE_TYPE[response.kind]);
      return;
  }
}
