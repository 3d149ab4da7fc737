import { examineCommandList } from "../../provisioning/command-list-decoder.ts";
import { commandsOf } from "./command-values.ts";
import { limitsOf } from "./decoder-limits.ts";
import { compareRows, rowsOf, sameOrDiffer, someRowHas, type ConformanceSuite, type RowVerdict } from "./report.ts";
import { hexField, textField, type Row } from "./row.ts";

const BUILDS = ["c10", "n10"] as const;

/** Mutated command lists with the verdicts of the canonical and the tolerant build. */
export const mutations: ConformanceSuite = {
  kind: "mutations",
  recognises: (document) =>
    someRowHas(document, "vectors", (row) => "hex" in row && BUILDS.every((build) => typeof row[build] === "string")),
  run: async (document) =>
    compareRows(
      rowsOf(document, "vectors", (_row, index) => `mutation ${index}`),
      compareRow,
    ),
};

function compareRow(row: Row): RowVerdict {
  const bytes = hexField(row, "hex");
  for (const build of BUILDS) {
    const verdict = examineCommandList(bytes, limitsOf(build));
    const got = verdict.accepted ? "accept" : verdict.error;
    const difference =
      sameOrDiffer(`${build}: ${textField(row, build)}`, `${build}: ${got}`) ??
      (verdict.accepted
        ? sameOrDiffer(
            { commands: commandsOf(row["commands"], "commands"), trailing: row["trailing"] },
            { commands: verdict.commands, trailing: bytes.length - verdict.consumed },
          )
        : undefined);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
