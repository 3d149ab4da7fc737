import type { BatchSummary } from "../../contract/station-request.ts";
import { EXIT, type CommandContext, type ExitCode } from "../command.ts";
import type { TrayResult } from "../tray.ts";
import { needsYou, SLOT_HEADING, slotRow } from "./slot-line.ts";
import { table } from "./table.ts";

/** Where a tray's results lie and which service took part; `null` where there is no such thing. */
export type TrayPlaces = {
  readonly audit: string;
  readonly export: string | null;
  readonly ca: string | null;
  readonly service: string | null;
};

/** Prints how a tray ended: the contract's object with `json`, else a table; answers the exit code. */
export function reportTray(result: TrayResult, places: TrayPlaces, json: boolean, context: CommandContext): ExitCode {
  const { summary, slots } = result;
  if (json) {
    context.out(`${JSON.stringify({ ...summary, ...places })}\n`);
  } else {
    const rows = slots.map((slot) => slotRow(slot, context.colours));
    const needs = slots.flatMap((slot) => needsYou(slot, context.colours) ?? []);
    const parts = [table([SLOT_HEADING, ...rows]), ...needs, `${totals(summary)}\n`, placesText(places)];
    context.out(`\n${parts.join("\n")}`);
  }
  return summary.pass === summary.units ? EXIT.passed : EXIT.failed;
}

function totals({ units, pass, fail, error, aborted, seconds }: BatchSummary): string {
  return `${pass} of ${units} passed, ${fail} FAIL, ${error} ERROR, ${aborted} ABORTED in ${seconds.toFixed(1)} s`;
}

function placesText(places: TrayPlaces): string {
  const lines = [`audit    ${places.audit}`, ...(places.export === null ? [] : [`export   ${places.export}`])];
  return `${lines.join("\n")}\n`;
}
