import { openForReading } from "../../../collect/read/open-for-reading.ts";
import { verifyCentral, type StationCheck } from "../../../collect/verify-central.ts";
import { visible } from "../../../core/visible.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { centralText } from "./central-option.ts";

/** `station collect --verify`: every row of the central database, checked anew. */
export async function showVerification(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const sql = await openForReading(await centralText(args, context));
  try {
    const checks = await verifyCentral(sql, { signal: context.signal });
    if (args.flag("json")) context.out(`${JSON.stringify({ stations: checks })}\n`);
    else for (const check of checks) context.out(`${checkText(check)}\n`);
    return checks.every(({ ok }) => ok) ? EXIT.passed : EXIT.failed;
  } finally {
    await sql.close();
  }
}

function checkText(check: StationCheck): string {
  const { name, station, position, signedUpTo, settled, key = "unknown" } = check;
  const who = `${name} (${station})`;
  const but = settled === 0 ? "" : `, ${settled} places settled by people`;
  const holds = `${position} events fit, signed up to event ${signedUpTo}, key ${key}${but}`;
  // Whoever changed the database may have changed names too.
  return visible(`${who}: ${check.ok ? holds : `does not fit: event ${check.misfit.position}: ${check.misfit.what}`}`);
}
