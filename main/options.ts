import { z } from "zod";
import { MODEMS } from "../src/contract/desktop-configuration.ts";
import { StationError } from "../src/core/error.ts";

/** What the application can be told when it is started; all of it is optional. */
export type Options = {
  /** Folder of record, settings and training service; default: the application's own. */
  readonly data?: string;
  /** Recipe, fixture and profile files in place of those of the configuration, for this start. */
  readonly recipe?: string;
  readonly fixture?: string;
  readonly profile?: string;
  /** Simulated modems and their latency, in place of those of the configuration. */
  readonly units?: number;
  readonly latency?: "none" | "realistic";
  /** Faults of simulated modems: `3=keygen-fail`. */
  readonly faults: readonly string[];
};

const path = z.string().min(1).max(4096).exactOptional();

const OptionsSchema: z.ZodType<Options> = z.strictObject({
  ...{ data: path, recipe: path, fixture: path, profile: path },
  units: z.coerce.number().int().min(MODEMS.least).max(MODEMS.most).exactOptional(),
  latency: z.enum(["none", "realistic"]).exactOptional(),
  faults: z.array(z.string().max(200)).max(128),
});

const PREFIX = "--station-";
const SINGLE: ReadonlySet<string> = new Set(["data", "recipe", "fixture", "profile", "units", "latency"]);

/**
 * Reads `--station-NAME=VALUE` (data, recipe, fixture, profile, units, latency; `fault` may be repeated) from the arguments;
 * others are Chromium's and are passed over.
 * @throws StationError desktop.option
 */
export function parseOptions(argv: readonly string[]): Options {
  const single: Record<string, string> = {};
  const faults: string[] = [];
  for (const argument of argv.filter((text) => text.startsWith(PREFIX))) {
    const equals = argument.indexOf("=");
    const name = equals < 0 ? argument.slice(PREFIX.length) : argument.slice(PREFIX.length, equals);
    const value = equals < 0 ? "" : argument.slice(equals + 1);
    if (name === "fault") faults.push(value);
    else if (SINGLE.has(name)) single[name] = value;
    else
      throw new StationError("desktop.option", "there is no such option", { option: `${PREFIX}${name}`.slice(0, 64) });
  }
  const parsed = OptionsSchema.safeParse({ ...single, faults });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = `${PREFIX}${issue?.path.map(String).join(".") ?? ""}`;
  throw new StationError("desktop.option", "an option has a value that it cannot have", {
    option,
    problem: issue?.message.slice(0, 200) ?? "",
  });
}
