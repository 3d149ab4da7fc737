import { encodeWireText } from "../../core/wire-text.ts";
import { LineSplitter } from "../../modem/line-splitter.ts";
import { beginTx, nextTx, readLine, type TxState } from "../../modem/transaction.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { textField, wireTextOf, type Row } from "./row.ts";

/** AT requests and replies: what the AT engine reads of each answer, whole and byte by byte (at.md 1). */
export const atExamples: ConformanceSuite = {
  kind: "AT examples",
  recognises: (document) =>
    someRowHas(document, "vectors", (row) => "command" in row && "response" in row && "final" in row),
  run: (document) =>
    compareRows(
      rowsOf(document, "vectors", (row) => textField(row, "command")),
      compare,
    ),
};

function compare(row: Row): RowVerdict {
  const command = wireTextOf(row["command"], "command");
  const response = wireTextOf(row["response"], "response");
  const expected = { text: response, final: textField(row, "final") };
  const bytes = encodeWireText(response);
  const whole = sameOrDiffer(expected, answerOf(command, [bytes]));
  return (
    whole ??
    sameOrDiffer(
      expected,
      answerOf(
        command,
        [...bytes].map((byte) => Uint8Array.of(byte)),
      ),
    )
  );
}

function answerOf(command: string, chunks: readonly Uint8Array[]): unknown {
  const splitter = new LineSplitter();
  const state = chunks
    .flatMap((chunk) => splitter.push(chunk))
    .reduce<TxState>(
      (before, event) => {
        if (event.kind === "overflow") return nextTx(before, event);
        const reading = readLine(before, event.text);
        return reading.kind === "unsolicited" || reading.kind === "noise" ? before : nextTx(before, reading);
      },
      beginTx(command, command),
    );
  if (state.at !== "done") return { unfinished: state.at };
  const { text } = state.reply;
  return { text, final: text.trimEnd().split("\r\n").at(-1) };
}
