import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import type { RecoveredRun } from "../audit/audit-store.ts";
import { openAuditStore, type OpenedAudit } from "../audit/open-audit-store.ts";
import type { LineStart } from "../audit/outbox.ts";
import type { Proof } from "../contract/proof.ts";
import type { RunEvent } from "../contract/run-event.ts";
import type { SlotState } from "../contract/slot-state.ts";
import type { BatchSummary, StartRequest } from "../contract/station-request.ts";
import { describeError, errorOf } from "../core/error.ts";
import { STATION_VERSION } from "../core/version.ts";
import type { StationCredentials, StationFiles } from "../station/batch-plan.ts";
import { certificateDesks } from "../station/certificate-desk.ts";
import type { SigningOptions } from "../station/certificate-issuer.ts";
import { ChildWorkerHost } from "../station/child-worker-host.ts";
import type { RunDesks } from "../station/run-desk.ts";
import type { GoldenRule } from "../station/golden-unit.ts";
import type { StationNews } from "../station/station-news.ts";
import { Station } from "../station/station.ts";
import { environmentProxy } from "../transport/https/proxy-address.ts";
import type { CommandContext } from "./command.ts";
import { ensureFolder } from "./folder.ts";
import type { JoinedLine, LineOrder } from "./on-line/join-line.ts";
import { LiveProgress } from "./output/live-progress.ts";

/** One tray to be provisioned. */
export type TrayOrder = {
  readonly files: StationFiles;
  readonly request: StartRequest;
  /** Path of the audit database; its folder is made when missing. */
  readonly audit: string;
  readonly ownerKey?: StationCredentials["ownerKey"];
  /** What the runs may ask of the station. */
  readonly desks?: RunDesks;
  /** The CAs of one's own that recipes may name. */
  readonly signing?: SigningOptions;
  /** Only read and compare; absent: provision. */
  readonly proof?: Proof;
  /** The line that the station belongs to, and what it gets of a database that joins it. */
  readonly line?: LineOrder & { readonly start: LineStart };
  /** How often the golden unit must be checked before production. */
  readonly golden?: GoldenRule;
  /** Told each event of a run once it is on the disk. */
  readonly onEvent?: (event: RunEvent) => void;
};

const NO_SIGNING: SigningOptions = { authorities: [], passphraseOf: () => undefined };

/** How a tray ended. */
export type TrayResult = { readonly summary: BatchSummary; readonly slots: readonly SlotState[] };

/**
 * Provisions one tray from opening the audit database to closing it. A stop signal aborts the runs in order: their modems
 * are released and their ends recorded before this returns.
 * @throws StationError cli.folder, audit.*, station.* when nothing could be started or the record could not be kept
 */
export async function runTray(order: TrayOrder, context: CommandContext): Promise<TrayResult> {
  await ensureFolder(dirname(order.audit));
  const audit = await openAuditStore({
    file: order.audit,
    clock: context.clock,
    random: randomBytes,
    version: STATION_VERSION,
    program: "station",
    ...(order.line === undefined ? {} : { line: order.line.start }),
  });
  try {
    const result = await runOnLine(audit, order, context);
    await audit.store.close();
    return result;
  } catch (error) {
    // What failed first is told, not what closing says on top of it.
    await audit.store.close().catch(() => undefined);
    throw error;
  }
}

async function runOnLine(audit: OpenedAudit, order: TrayOrder, context: CommandContext): Promise<TrayResult> {
  if (order.line === undefined) return runWith(audit, order, context);
  // A station by itself loads nothing of a line.
  const { joinLine } = await import("./on-line/join-line.ts");
  const joined = await joinLine(order.line, audit.store, context);
  try {
    return await runWith(audit, order, context, joined);
  } finally {
    await joined.close();
  }
}

async function runWith(
  { store, recovered }: OpenedAudit,
  order: TrayOrder,
  context: CommandContext,
  joined?: JoinedLine,
): Promise<TrayResult> {
  const { files, request, ownerKey, proof, golden, onEvent, signing = NO_SIGNING } = order;
  const book = { signing, recipe: files.recipe.recipe, store, clock: context.clock, random: randomBytes };
  const desks = { ...order.desks, ...certificateDesks(book) };
  for (const run of recovered)
    context.err(`slot ${run.slot}: the last run was interrupted${interruptedAt(run)}; it is recorded as ABORTED\n`);
  const station = Station.open({
    files,
    store,
    host: new ChildWorkerHost({ errors: "inherit" }),
    clock: context.clock,
    random: randomBytes,
    credentials: { ...(ownerKey === undefined ? {} : { ownerKey }), proxyFor: environmentProxy },
    recovered,
    desks,
    golden: () => golden,
    ...(joined === undefined ? {} : { documents: joined.documents }),
    ...(joined?.interlock === undefined ? {} : { interlock: joined.interlock }),
    ...(request.slots === undefined ? {} : { prepare: request.slots }),
  });
  const progress = new LiveProgress(context);
  station.subscribe((news) => {
    if (news.kind === "run") onEvent?.(news.event);
    show(news, progress, context);
  });
  const onAbort = (): void => station.abort("all");
  context.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const started = await station.start(request, proof);
    if (context.signal.aborted) onAbort();
    const summary = await started.done;
    return { summary, slots: slotsOf(station, request) };
  } finally {
    progress.close();
    context.signal.removeEventListener("abort", onAbort);
    await station.close();
  }
}

/** Where a run was cut off, as far as it is known. */
function interruptedAt({ lastCommand, ownerAct }: RecoveredRun): string {
  if (ownerAct !== undefined) return ` at the owner's service (${ownerAct})`;
  return lastCommand === undefined ? "" : ` at ${lastCommand}`;
}

function slotsOf(station: Station, request: StartRequest): readonly SlotState[] {
  const wanted = request.slots;
  return station.snapshot().filter(({ slot }) => wanted?.includes(slot) ?? true);
}

function show(news: StationNews, progress: LiveProgress, context: CommandContext): void {
  switch (news.kind) {
    case "run":
      progress.update(news.state);
      return;
    case "store.failed":
      context.err(`${describeError(errorOf(news.error))}\n`);
      return;
    case "worker.lost":
      context.err(`slot ${news.slot}: ${describeError(errorOf(news.error))}\n`);
      return;
    case "log":
      if (news.level !== "info") context.err(`slot ${news.slot}: ${news.text}\n`);
      return;
    case "batch.started":
    case "batch.finished":
      return;
  }
}
