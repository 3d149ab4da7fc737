import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import fc from "fast-check";
import { corpusOf, type Seed } from "./corpus.ts";
import { usedMemory } from "./memory.ts";
import { Input, inputs } from "./mutation.ts";

/** What a target's runs have in common. */
export type Target = {
  /** Its folder under test/fuzz/corpus. */
  readonly corpus: string;
  /** What is put in at random places. */
  readonly dictionary: readonly (string | Uint8Array)[];
  /** How many times as much a run costs as one of a mere parser: it gets so many times fewer. */
  readonly cost?: number;
  /** Whether a seed is one for this property; all are without it. */
  readonly takes?: (seed: Seed) => boolean;
};

/** Runs of a mere parser, where `FUZZ_RUNS` says nothing else. */
const RUNS = 100;
/** Processor time that one input may take, in microseconds: far more than any does, far less than a hang. */
const PATIENCE = 4_000_000;
/** What all runs together may leave in memory, in bytes. */
const LEFT_BEHIND = 64 * 1024 * 1024;

/**
 * Holds `property` against the target's corpus as it is, then against changed seeds. `FUZZ_RUNS` says how many, `FUZZ_SECONDS`
 * for how long at most, `FUZZ_SEED` and `FUZZ_PATH` repeat a failure. The input of a failure is left in a file whose name is
 * told, ready to be put into the corpus.
 */
export async function assertSurvives(target: Target, property: (input: Input) => Promise<void> | void): Promise<void> {
  const seeds = corpusOf(target.corpus).filter(target.takes ?? (() => true));
  const isReplay = process.env["FUZZ_PATH"] !== undefined;
  const before = usedMemory();
  for (const { name, bytes } of isReplay ? [] : seeds) await tried(target, new Input(name, bytes), property);
  const failed: { file?: string } = {};
  const work: { last: Promise<void> } = { last: Promise.resolve() };
  const run = fc.asyncProperty(inputs(seeds, target.dictionary), (input) => {
    work.last = within(PATIENCE, () => property(input)).catch((error: unknown) => {
      failed.file = kept(target, input);
      throw error;
    });
    return work.last;
  });
  try {
    await fc.assert(run, parametersOf(target.cost ?? 1));
    // A limit of time leaves the input that is being tried alone, which then meets the next property.
    await work.last;
  } catch (error) {
    throw new TypeError(`${String(error)}\nThe input: ${failed.file ?? "none"}`, { cause: error });
  }
  const left = usedMemory() - before;
  if (left > LEFT_BEHIND) throw new TypeError(`${left} bytes were left in memory`);
}

async function tried(target: Target, input: Input, property: (input: Input) => Promise<void> | void): Promise<void> {
  try {
    await within(PATIENCE, () => property(input));
  } catch (error) {
    throw new TypeError(`corpus/${target.corpus}/${input.seed}: ${String(error)}`, { cause: error });
  }
}

async function within(microseconds: number, work: () => Promise<void> | void): Promise<void> {
  const before = process.cpuUsage();
  await work();
  const { user } = process.cpuUsage(before);
  if (user > microseconds) throw new TypeError(`took ${Math.round(user / 1000)} ms of processor time`);
}

function kept({ corpus }: Target, { seed, bytes }: Input): string {
  const folder = join(tmpdir(), "station-fuzz", corpus);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  const file = join(folder, `found-${digest}${/^\.[a-z]+$/.test(extname(seed)) ? extname(seed) : ".bin"}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

function parametersOf(cost: number): fc.Parameters<[Input]> {
  const { FUZZ_RUNS, FUZZ_SECONDS, FUZZ_SEED, FUZZ_PATH } = process.env;
  return {
    numRuns: Math.max(10, Math.ceil(Number(FUZZ_RUNS ?? RUNS) / cost)),
    ...(FUZZ_SECONDS === undefined
      ? {}
      : { plugins: [fc.interruptAfterTimeLimit(Number(FUZZ_SECONDS) * 1000) as fc.Plugin<[Input]>] }),
    ...(FUZZ_SEED === undefined ? {} : { seed: Number(FUZZ_SEED) }),
    ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH, endOnFailure: true }),
  };
}
