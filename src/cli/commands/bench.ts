import { StationError } from "../../core/error.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand, type CommandContext } from "../command.ts";
import { benchCodec } from "../bench/codec.ts";
import { benchLine } from "../bench/line.ts";
import type { BenchRow } from "../bench/bench-row.ts";
import { table } from "../output/table.ts";

const BENCHES = ["line", "codec", "transport", "audit", "soak", "line-sync"] as const;
/** Of servers that are not the station's own: measured where it is asked for. */
const APART: ReadonlySet<string> = new Set(["line-sync"]);

/** `station bench`: measures the station against what it cannot be faster than, and prints ratios. */
export const benchCommand: CliCommand = {
  name: "bench",
  summary: "measures the station against its simulators' own times; prints ratios",
  positionals: `[${BENCHES.join("|")}]`,
  minPositionals: 0,
  maxPositionals: 1,
  options: {
    slots: {
      kind: "value",
      value: "1,8",
      help: "line, soak: how many modems at once, one measurement each (default 1,8)",
    },
    "per-worker": { kind: "value", value: "N", help: "line, soak: how many slots share a worker process (default 1)" },
    batches: { kind: "value", value: "N", help: "soak: how many trays, one after the other (default 20)" },
    latency: { kind: "value", value: "none|realistic", help: "line: how long commands take (default realistic)" },
    events: {
      kind: "value",
      value: "N",
      help: "audit: size of the database (default 1000000); line-sync: how many (default 20000)",
    },
    json: {
      kind: "flag",
      help: 'prints one JSON object, for example {"line":[{"slots","wall_s","ideal_s","efficiency"}]}',
    },
  },
  async run(args, context) {
    const wanted = args.positionals[0];
    const names =
      wanted === undefined ? BENCHES.filter((name) => !APART.has(name)) : BENCHES.filter((name) => name === wanted);
    if (names.length === 0)
      throw new StationError("usage.option", `no such bench: ${BENCHES.join(", ")}`, {
        given: (wanted ?? "").slice(0, 40),
      });
    const results: Record<string, readonly BenchRow[]> = {};
    for (const name of names) {
      const rows = await measure(name, args, context);
      results[name] = rows;
      if (!args.flag("json")) context.out(`${name}\n${benchTable(rows)}\n`);
    }
    if (args.flag("json")) context.out(`${JSON.stringify(results)}\n`);
    return EXIT.passed;
  },
};

async function measure(
  name: (typeof BENCHES)[number],
  args: Arguments,
  context: CommandContext,
): Promise<readonly BenchRow[]> {
  switch (name) {
    case "line":
      return benchLine(
        slotCounts(args),
        { latency: oneOf(args, "latency", ["none", "realistic"], "realistic"), slotsPerWorker: shares(args) },
        context,
      );
    case "codec":
      return benchCodec(context);
    case "transport":
      return (await import("../bench/transport.ts")).benchTransport(context);
    case "soak": {
      const { benchSoak } = await import("../bench/soak.ts");
      return benchSoak(
        { slots: Math.max(...slotCounts(args)), slotsPerWorker: shares(args) },
        wholeNumber(args, "batches", [1, 10_000], 20),
        context,
      );
    }
    case "line-sync": {
      const { benchLineSync } = await import("../on-line/bench/line-sync.ts");
      return benchLineSync(wholeNumber(args, "events", [1, 10_000_000], 20_000), context);
    }
    case "audit":
      return (await import("../bench/audit.ts")).benchAudit(
        wholeNumber(args, "events", [1, 10_000_000], 1_000_000),
        context,
      );
  }
}

function shares(args: Arguments): number {
  return wholeNumber(args, "per-worker", [1, 32], 1);
}

function slotCounts(args: Arguments): readonly number[] {
  const counts = (args.value("slots") ?? "1,8").split(",").map(Number);
  if (counts.every((count) => Number.isInteger(count) && count >= 1 && count <= 128)) return counts;
  throw new StationError("usage.option", "--slots must be numbers of modems, 1 to 128, with commas between them");
}

function benchTable(rows: readonly BenchRow[]): string {
  const heading = Object.keys(rows[0] ?? {});
  return table([heading, ...rows.map((row) => heading.map((name) => String(row[name] ?? "")))]);
}
