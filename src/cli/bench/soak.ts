import type { CommandContext } from "../command.ts";
import { openBenchLine, type BenchLine, type BenchLineWish } from "./bench-line.ts";
import { rounded, type BenchRow } from "./bench-row.ts";
import { withBenchService } from "./bench-service.ts";
import { meanWorkerMb, openFiles, proportionalMb } from "./process-figures.ts";

/** Batches at the beginning in which programs take what they keep; growth counts from there, or from the third of a short soak. */
const WARM_UP = 20;
const SHORT_WARM_UP = 2;

/**
 * The same slots batch after batch: what the station and its workers keep of memory, files and timers.
 * @returns the first, the middle and the last batch, with what each has more than the first that counts
 */
export async function benchSoak(
  { slots, slotsPerWorker }: Pick<BenchLineWish, "slots" | "slotsPerWorker">,
  batches: number,
  context: CommandContext,
): Promise<readonly BenchRow[]> {
  return withBenchService(context, async (place) => {
    const line = await openBenchLine({ slots, slotsPerWorker, latency: "none", ...place }, context);
    return soaked(line, batches).finally(() => line.close());
  });
}

type Sample = {
  readonly batch: number;
  readonly passed: number;
  readonly seconds: number;
  readonly stationMb: number | undefined;
  readonly workerMb: number | undefined;
  readonly files: number | undefined;
  readonly handles: number;
};

async function soaked(line: BenchLine, batches: number): Promise<readonly BenchRow[]> {
  const samples: Sample[] = [];
  for (let batch = 1; batch <= batches; batch++) {
    const { summary } = await line.run();
    samples.push({
      ...{ batch, passed: summary.pass, seconds: summary.seconds, stationMb: proportionalMb("self") },
      ...{ workerMb: meanWorkerMb(), files: openFiles(), handles: process.getActiveResourcesInfo().length },
    });
  }
  const first = samples[samples.length > 2 * WARM_UP ? WARM_UP : Math.min(SHORT_WARM_UP, samples.length - 1)];
  const shown = [first, samples[Math.floor(samples.length / 2)], samples.at(-1)];
  const distinct = shown.filter((sample, index) => sample !== undefined && shown.indexOf(sample) === index);
  return distinct.flatMap((sample) => (sample === undefined || first === undefined ? [] : [rowOf(sample, first)]));
}

function rowOf(sample: Sample, first: Sample): BenchRow {
  const { batch, passed, seconds, stationMb, workerMb, files, handles } = sample;
  return {
    ...{ batch, passed, wall_s: rounded(seconds), handles, more_handles: handles - first.handles },
    ...(files === undefined || first.files === undefined ? {} : { files, more_files: files - first.files }),
    ...growth("station", stationMb, first.stationMb),
    ...growth("worker", workerMb, first.workerMb),
  };
}

function growth(name: string, size: number | undefined, first: number | undefined): BenchRow {
  if (size === undefined || first === undefined) return {};
  return { [`${name}_mb`]: rounded(size), [`${name}_ratio`]: rounded(size / first) };
}
