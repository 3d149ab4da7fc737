import type { UnitPreview } from "../../cloud/bulk-claim.ts";
import { visible } from "../../core/visible.ts";
import { EXIT, type CommandContext, type ExitCode } from "../command.ts";
import { table } from "../output/table.ts";

/** Results that leave a unit as it was wanted. */
const GOOD: readonly UnitPreview["result"][] = ["claimed", "ours-already", "claimable", "unclaimed", "not-ours"];

/** Prints what became of each unit; answers 0 when every one is as it was wanted, else 1. */
export function reportClaims(units: readonly UnitPreview[], asJson: boolean, context: CommandContext): ExitCode {
  const bad = units.filter(({ result }) => !GOOD.includes(result));
  const counts = Object.fromEntries(
    [...new Set(units.map(({ result }) => result))].map(
      (result) => [result, units.filter((unit) => unit.result === result).length] as const,
    ),
  );
  if (asJson) context.out(`${JSON.stringify({ units, counts })}\n`);
  else context.out(claimsText(units, counts));
  return bad.length === 0 ? EXIT.passed : EXIT.failed;
}

function claimsText(units: readonly UnitPreview[], counts: Readonly<Record<string, number>>): string {
  const rows = units.map(({ uuid, result, reason = "" }) => [uuid, result, visible(reason)]);
  const summary = Object.entries(counts).map(([result, count]) => `${count} ${result}`);
  return `${table([["Unit", "Result", "Reason"], ...rows])}\n${summary.join(", ") || "no units"}\n`;
}
