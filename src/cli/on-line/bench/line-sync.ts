import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditStore } from "../../../audit/audit-store.ts";
import { openAuditStore } from "../../../audit/open-audit-store.ts";
import { parseCentralAddress, type CentralAddress } from "../../../collect/central-address.ts";
import { collect } from "../../../collect/collector.ts";
import { abortReason } from "../../../core/clock.ts";
import { minutes, seconds } from "../../../core/duration.ts";
import { StationError } from "../../../core/error.ts";
import { Secret } from "../../../core/secret.ts";
import { publishBare } from "../../../line/bare-stream.ts";
import { connectLine, type Line } from "../../../line/connect-line.ts";
import { Drain } from "../../../line/drain/drain.ts";
import { eventEntry } from "../../../line/drain/line-texts.ts";
import { EVENTS } from "../../../line/names.ts";
import { lookAtLine, setUpLine } from "../../../line/set-up.ts";
import { sampleBatch, sampleSize } from "../../bench/audit-sample.ts";
import { rounded, type BenchRow } from "../../bench/bench-row.ts";
import type { CommandContext } from "../../command.ts";
import { startBenchServer } from "./bench-server.ts";

const SLOTS = 64;
const IN_FLIGHT = 64;
const PAGE = 256;

/**
 * Events from a station's outbox over a JetStream server into a central database, beside a bare publisher of the same messages: one at a
 * time, as the drain sends them, and 64 at once. The database is the one of STATION_CENTRAL, which must be empty, or a file of SQLite.
 */
export async function benchLineSync(events: number, context: CommandContext): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "station-bench-"));
  try {
    const server = await startBenchServer(folder);
    try {
      const line = connectLine(server.settings, { clock: context.clock });
      return [await measure(events, folder, line, context).finally(() => line.close())];
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(events: number, folder: string, line: Line, context: CommandContext): Promise<BenchRow> {
  const { clock } = context;
  const session = await line.reach(seconds(10), context.signal);
  await setUpLine(session, { replicas: 1, lease: seconds(30) });
  const opened = { file: join(folder, "audit.db"), clock, random: randomBytes, line: "everything" } as const;
  const { store } = await openAuditStore(opened);
  try {
    await fill(store, events, context);
    const texts = messagesOf(store);
    const sequential = await rate(context, texts.length, () => publishBare(session, texts, 1));
    const parallel = await rate(context, texts.length, () => publishBare(session, texts, IN_FLIGHT));
    const drained = await rate(context, texts.length, () => drain(line, store, context));
    const bytes = (await lookAtLine(session)).find(({ name }) => name === EVENTS.stream)?.bytes ?? 0;
    const address = centralAddress(folder, context);
    const collected = await rate(context, texts.length, () => collectAll(line, address, context));
    return {
      ...{ events: texts.length, central: address.kind, stream_bytes_per_event: Math.round(bytes / texts.length) },
      ...{ bare_per_s: sequential, bare_64_per_s: parallel, drained_per_s: drained, collected_per_s: collected },
      ...{ drained_to_bare: rounded(drained / sequential), collected_to_bare_64: rounded(collected / parallel) },
    };
  } finally {
    await store.close();
  }
}

async function fill(store: AuditStore, events: number, { clock }: CommandContext): Promise<void> {
  for (let done = 0; done < events; done += sampleSize(SLOTS)) {
    const batch = sampleBatch(SLOTS, clock.now());
    await store.startBatch(batch.start);
    await Promise.all(batch.events.map((event) => store.append(event)));
    await store.finishBatch(batch.start.batch, batch.start.at, 1);
  }
}

/** Everything that waits, as it travels. */
function messagesOf({ outbox }: AuditStore): readonly string[] {
  const texts: string[] = [];
  for (let last = 0; ;) {
    const rows = outbox?.waiting(last, PAGE) ?? [];
    if (rows.length === 0) return texts;
    for (const row of rows) texts.push(eventEntry(outbox?.identity.id ?? "", row).text);
    last = rows.at(-1)?.position ?? last;
  }
}

async function drain(line: Line, { outbox: source }: AuditStore, { clock }: CommandContext): Promise<void> {
  if (source === undefined) throw new StationError("station.internal", "the audit database belongs to no line");
  const work = new Drain({ line, source, clock });
  try {
    if (!(await work.finish(minutes(24 * 60))))
      throw work.status.why ?? new StationError("line.away", "the line took not all");
  } finally {
    await work.close();
  }
}

async function collectAll(line: Line, address: CentralAddress, { clock, signal }: CommandContext): Promise<void> {
  const done = new AbortController();
  let until = Infinity;
  try {
    await collect(
      {
        ...{ line, address, clock, random: randomBytes },
        tell: (news) => {
          if (news.kind === "collecting") until = news.until;
          if (news.kind === "committed" && news.cursor >= until) done.abort();
        },
      },
      AbortSignal.any([done.signal, signal]),
    );
  } catch (error) {
    if (signal.aborted) throw abortReason(signal);
    if (!done.signal.aborted) throw error;
  }
}

function centralAddress(folder: string, { environment }: CommandContext): CentralAddress {
  return parseCentralAddress(new Secret(environment["STATION_CENTRAL"] ?? `sqlite:${join(folder, "central.db")}`));
}

/** How many a second. */
async function rate({ clock }: CommandContext, count: number, work: () => Promise<void>): Promise<number> {
  const begun = clock.monotonic();
  await work();
  return Math.round((count * 1000) / (clock.monotonic() - begun));
}
