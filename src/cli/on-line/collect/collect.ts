import { randomBytes } from "node:crypto";
import { collect, type CollectorNews } from "../../../collect/collector.ts";
import { StationError } from "../../../core/error.ts";
import { EXIT, type Arguments, type CommandContext, type ExitCode } from "../../command.ts";
import { openLine } from "../with-line.ts";
import { centralAddress } from "./central-option.ts";
import { newsLine } from "./collect-text.ts";
import { settle } from "./settle.ts";
import { showStatus } from "./show-status.ts";
import { showVerification } from "./show-verification.ts";

/** Collects until it is stopped, or shows what was collected. Exit code 1: a chain does not hold. */
export async function run(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const isSettling = args.value("settle") !== undefined;
  assertOneTask(args, isSettling);
  if (args.flag("status")) return showStatus(args, context);
  if (args.flag("verify")) return showVerification(args, context);
  if (isSettling) return settle(args, context);
  const address = await centralAddress(args, context);
  const line = await openLine(args, context);
  const ending = new AbortController();
  const progress = new Progress(args.flag("once"), () => ending.abort());
  const tell = (news: CollectorNews): void => {
    if (args.flag("json")) context.out(`${JSON.stringify(newsObject(news))}\n`);
    else {
      const text = newsLine(news);
      if (text !== undefined) context.err(`${text}\n`);
    }
    progress.take(news);
  };
  try {
    const parts = { line, address, clock: context.clock, random: randomBytes, tell };
    await collect(parts, AbortSignal.any([context.signal, ending.signal]));
  } catch (error) {
    if (!(error instanceof StationError) || error.code !== "station.aborted") throw error;
  } finally {
    await line.close();
  }
  if (!args.flag("json")) context.out(`${progress.events} events collected\n`);
  return progress.open.size === 0 ? EXIT.passed : EXIT.failed;
}

/** @throws StationError usage.option */
function assertOneTask(args: Arguments, isSettling: boolean): void {
  if ([args.flag("status"), args.flag("verify"), isSettling].filter(Boolean).length > 1)
    throw new StationError("usage.option", "--status, --verify and --settle exclude each other");
  const alone = isSettling ? undefined : ["operator", "reason"].find((name) => args.value(name) !== undefined);
  if (alone !== undefined) throw new StationError("usage.option", `--${alone} goes with --settle only`);
}

/** What was collected, and whether that is all. */
class Progress {
  readonly #once: boolean;
  readonly #end: () => void;
  #until = 0;
  events = 0;
  /** What is still open of what was found, now or before. */
  readonly open = new Set<string>();

  constructor(once: boolean, end: () => void) {
    this.#once = once;
    this.#end = end;
  }

  take(news: CollectorNews): void {
    if (news.kind === "collecting") {
      this.#until = news.until;
      this.open.clear();
      for (const id of news.open) this.open.add(id);
      if (news.from >= news.until) this.#reached();
    } else if (news.kind === "committed") {
      this.events += news.events;
      if (news.cursor >= this.#until) this.#reached();
    } else if (news.kind === "finding") {
      const { id, settledAt } = news.finding;
      if (settledAt === null) this.open.add(id);
      else this.open.delete(id);
    }
  }

  #reached(): void {
    if (this.#once) this.#end();
  }
}

function newsObject(news: CollectorNews): object {
  if (news.kind !== "trouble") return news;
  const { error, wait } = news;
  return { kind: "trouble", code: error.code, what: error.message, facts: error.facts, wait };
}
