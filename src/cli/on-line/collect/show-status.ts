import { CentralStore } from "../../../collect/central-store.ts";
import { verdictOf } from "../../../collect/chain-state.ts";
import { openForReading } from "../../../collect/read/open-for-reading.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { table } from "../../output/table.ts";
import { centralText } from "./central-option.ts";
import { findingText } from "./collect-text.ts";

/** `station collect --status`: each station of the central database, and what is open of what was found. */
export async function showStatus(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const sql = await openForReading(await centralText(args, context));
  try {
    const store = new CentralStore(sql);
    const { cursor } = await store.place();
    const stations = [];
    for (const state of await store.stations()) {
      const open = await store.openFindings(state.station);
      const settled = await store.settledBetween(state.station, 0, Number.MAX_SAFE_INTEGER);
      stations.push({ ...state, verdict: verdictOf(open), open, settled });
    }
    if (args.flag("json")) context.out(`${JSON.stringify({ cursor, stations })}\n`);
    else {
      const rows = stations.map(({ name, station, position, top, signedUpTo, verdict, identity }) => [
        ...[name, station, `${position} of ${top}`, String(signedUpTo), verdict.kind, identity?.thumbprint ?? ""],
      ]);
      context.out(table([["station", "id", "good", "signed", "verdict", "key"], ...rows]));
      for (const { name, open, settled } of stations)
        for (const finding of [...open, ...settled]) context.out(`${name} ${findingText(finding)}\n`);
    }
    return stations.every(({ verdict }) => verdict.kind === "good") ? EXIT.passed : EXIT.failed;
  } finally {
    await sql.close();
  }
}
