import { examineCommandList, type CommandListVerdict } from "../../provisioning/command-list-decoder.ts";
import { commandsOf } from "./command-values.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { hexField, invalid, isRecord, recordField, textField, type Row } from "./row.ts";

/** Limits of the command list decoder: the verdicts of builds such as c10 (canonical, 10 records) and n10 (not canonical). */
export const decoderLimits: ConformanceSuite = {
  kind: "decoder limits",
  recognises: (document) => someRowHas(document, "vectors", (row) => "hex" in row && hasVerdicts(row["peer"])),
  run: async (document) => compareRows(rowsOf(document, "vectors"), compareRow),
};

function hasVerdicts(peer: unknown): boolean {
  return isRecord(peer) && typeof peer["c10"] === "string" && typeof peer["n10"] === "string";
}

const OUTCOMES: Readonly<Record<string, RegExp>> = {
  accepted: /executed/,
  ENOMEM: /^-ENOMEM\b/,
  EINVAL: /^-EINVAL\b/,
};

function compareRow(row: Row): RowVerdict {
  const bytes = hexField(row, "hex");
  const peer = recordField(row, "peer");
  for (const build of Object.keys(peer)) {
    const verdict = examineCommandList(bytes, limitsOf(build));
    const difference =
      verdictDifference(textField(peer, build), verdict, build) ?? valueDifference(row, build, verdict, bytes.length);
    if (difference !== undefined) return difference;
  }
  return outcomeDifference(row, examineCommandList(bytes, limitsOf("c10")));
}

function verdictDifference(expected: string, verdict: CommandListVerdict, build: string): RowVerdict {
  const plain = expected.replace(/\(\d+\)$/, "");
  return sameOrDiffer(`${build}: ${plain}`, `${build}: ${verdict.accepted ? "accept" : `reject ${verdict.error}`}`);
}

function valueDifference(row: Row, build: string, verdict: CommandListVerdict, length: number): RowVerdict {
  if (!verdict.accepted) return undefined;
  const larger = row["decoded20RecordBuild"];
  const value = row["decoded"] ?? row["decodedNonCanonicalBuild"] ?? larger;
  if (typeof value === "number") return sameOrDiffer(value, verdict.commands.length);
  if (value === undefined) return { expected: `the decoded value of ${build}`, got: "none in the vector" };
  const difference = sameOrDiffer(commandsOf(value, "decoded"), verdict.commands);
  if (difference !== undefined || row["decoded"] === undefined) return difference;
  return sameOrDiffer([row["consumed"], row["trailing"]], [verdict.consumed, length - verdict.consumed]);
}

function outcomeDifference(row: Row, verdict: CommandListVerdict): RowVerdict {
  const expected = row["deviceOutcome"];
  if (expected === undefined) return undefined;
  const got = verdict.accepted ? "accepted" : verdict.errno;
  const matches = typeof expected === "string" && OUTCOMES[got]?.test(expected) === true;
  return matches && /executed/.test(expected) === (got === "accepted" || /nothing is executed/.test(expected))
    ? undefined
    : { expected, got };
}

/** The limits that a build's name stands for. */
export function limitsOf(build: string): { readonly records: number; readonly input: "canonical" | "tolerant" } {
  const match = /^([cn])(\d{1,3})$/.exec(build);
  if (match === null) throw invalid("peer", "builds such as c10 or n10");
  return { records: Number(match[2]), input: match[1] === "c" ? "canonical" : "tolerant" };
}
