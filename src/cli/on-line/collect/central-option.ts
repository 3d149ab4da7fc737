import { resolve } from "node:path";
import { parseCentralAddress, type CentralAddress } from "../../../collect/central-address.ts";
import { StationError } from "../../../core/error.ts";
import { Secret } from "../../../core/secret.ts";
import { readTextFile } from "../../../station/files/text-file.ts";
import type { Arguments, CommandContext } from "../../command.ts";

const LARGEST = 8192;

/** The address of the central database as it was given. @throws StationError usage.option, file.*, collect.address */
export async function centralText(args: Arguments, context: CommandContext): Promise<Secret> {
  const [sqlite, database] = [args.value("sqlite"), args.value("database")];
  if (sqlite !== undefined && database !== undefined)
    throw new StationError("usage.option", "--sqlite and --database exclude each other");
  if (sqlite !== undefined) return new Secret(`sqlite:${resolve(sqlite)}`);
  if (database !== undefined) return new Secret((await readTextFile(resolve(database), LARGEST)).text.trim());
  const given = context.environment["STATION_CENTRAL"];
  if (given === undefined || given === "")
    throw new StationError(
      "usage.option",
      "--sqlite FILE, --database FILE or the environment STATION_CENTRAL is needed",
    );
  return new Secret(given);
}

/** Where the central database is. @throws StationError usage.option, file.*, collect.address */
export async function centralAddress(args: Arguments, context: CommandContext): Promise<CentralAddress> {
  return parseCentralAddress(await centralText(args, context));
}
