import { resolve } from "node:path";
import { StartRequestSchema, type StartRequest } from "../contract/station-request.ts";
import { loadSerials } from "../station/files/serials-file.ts";
import type { Arguments } from "./command.ts";
import { optionProblem } from "./option-problem.ts";

/**
 * What the options of `run` and `demo` ask of the station.
 * @param operator who runs the tray where the option does not say it
 * @throws StationError usage.option naming the option, file.* of the serials file
 */
export async function startRequest(args: Arguments, operator?: string): Promise<StartRequest> {
  const [slots, serials, who] = [args.value("slots"), args.value("serials"), args.value("operator") ?? operator];
  const parsed = StartRequestSchema.safeParse({
    ...(slots === undefined ? {} : { slots: slots.split(",").map((slot) => slot.trim()) }),
    ...(who === undefined ? {} : { operator: who }),
    serials: serials === undefined ? {} : await loadSerials(resolve(serials)),
    again: args.flag("again"),
  });
  if (parsed.success) return parsed.data;
  throw optionProblem(parsed.error, { slots, operator: who });
}
