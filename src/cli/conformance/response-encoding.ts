import { StationError } from "../../core/error.ts";
import type { CommandResponse } from "../../provisioning/command.ts";
import { decodeResponseList } from "../../provisioning/response-list-decoder.ts";
import { encodeResponseList } from "../../provisioning/response-list-encoder.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import { responsesOf } from "./command-values.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { hexBytes, numberField, textField, type Row } from "./row.ts";

const RECORDS = 10;

/** Response lists: our bytes are those of the canonical build, and we read what either build sends. */
export const responseEncoding: ConformanceSuite = {
  kind: "response encoding",
  recognises: (document) => someRowHas(document, "vectors", (row) => "responses" in row && "peer_c10" in row),
  run: async (document) => compareRows(rowsOf(document, "vectors"), compareRow),
};

function compareRow(row: Row): RowVerdict {
  const responses = responsesOf(row["responses"], "responses");
  const expected = textField(row, "peer_c10");
  return (
    sameOrDiffer(expected.replace(/\(\d+\)$/, ""), encoded(responses, numberField(row, "outBuf"))) ??
    readDifference(responses, expected) ??
    readDifference(responses, textField(row, "peer_n10"))
  );
}

/** Our bytes in hex, or the refusal in the words of the vendor's encoder. */
function encoded(responses: readonly CommandResponse[], txBytes: number): string {
  try {
    return toHex(encodeResponseList(responses, { records: RECORDS, txBytes }));
  } catch (error) {
    if (!(error instanceof StationError)) throw error;
    const tooLong = error.code === "provisioning.report-too-large" && responses.length <= RECORDS;
    return `refuse ${tooLong ? "ZCBOR_ERR_NO_PAYLOAD" : "ZCBOR_ERR_ITERATIONS"}`;
  }
}

function readDifference(responses: readonly CommandResponse[], hex: string): RowVerdict {
  if (hex.startsWith("refuse")) return undefined;
  return sameOrDiffer(responses, decodeResponseList(hexBytes(hex, "peer")));
}
