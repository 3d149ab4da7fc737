import type { BatchSummary } from "../../contract/station-request.ts";
import { EXIT, type CommandContext, type ExitCode } from "../command.ts";
import type { TrayResult } from "../tray.ts";
import { SLOT_HEADING, slotRow } from "./slot-line.ts";
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
  if (json) context.out(`${JSON.stringify({ ...summary, ...places })}\n`);
  else context.out(`${table([SLOT_HEADING, ...slots.map(slotRow)])}\n${totals(summary)}\n${placesText(places)}`);
  return summary.pass === summary.units ? EXIT.passed : EXIT.failed;
}

function totals({ units, pass, fail, error, aborted, seconds }: BatchSummary): string {
  return `${pass} of ${units} passed, ${fail} failed, ${error} errors, ${aborted} aborted in ${seconds.toFixed(1)} s`;
}

function placesText(places: TrayPlaces): string {
  const lines = [`audit    ${places.audit}`, ...(places.export === null ? [] : [`export   ${places.export}`])];
  return `${lines.join("\n")}\n`;
}
