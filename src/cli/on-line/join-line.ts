import type { AuditStore } from "../../audit/audit-store.ts";
import type { LineUnitEvent } from "../../contract/line-event.ts";
import type { ResolvedLine } from "../../contract/line-file.ts";
import { StationError } from "../../core/error.ts";
import { connectLine, type Line } from "../../line/connect-line.ts";
import { Drain } from "../../line/drain/drain.ts";
import type { EndedRun } from "../../line/units/interlock.ts";
import { openInterlock } from "../../line/units/line-interlock.ts";
import { orClose } from "../../line/or-close.ts";
import type { StartGuard } from "../../station/published/document-guard.ts";
import type { UnitInterlock } from "../../station/unit-interlock.ts";
import type { CommandContext } from "../command.ts";
import { documentGuard } from "./documents/guard.ts";

/** A line file with what it names, and where it lies. */
export type LineOrder = { readonly file: string; readonly settings: ResolvedLine };

/** A station's part in a line, from opening its audit database to just before closing it. */
export type JoinedLine = {
  readonly line: Line;
  readonly drain: Drain;
  readonly documents: StartGuard;
  readonly interlock?: UnitInterlock;
  /** Waits for what is on its way as long as the line takes something within its limit, then leaves. Never throws. */
  close(): Promise<void>;
};

/**
 * Joins a station to its line: claims units, guards documents, sends what waits; the line itself is looked for in the background.
 * @throws StationError line.credentials, line.document-*, audit.*
 */
export async function joinLine(order: LineOrder, store: AuditStore, context: CommandContext): Promise<JoinedLine> {
  const { clock } = context;
  const { outbox: source } = store;
  if (source === undefined) throw new StationError("station.internal", "the audit database belongs to no line");
  const guardWith = await documentGuard(order, store, context);
  const line = connectLine(order.settings, { clock });
  const onEvent = (event: LineUnitEvent): void => tell(event, context);
  const interlock = { clock, stationId: store.stationId, record: store.line, onEvent };
  const claims = await orClose(
    () => openInterlock(line, interlock),
    () => line.close(),
  );
  const ended = claims && { ended: (run: EndedRun) => claims.interlock.ended(run) };
  const drain = new Drain({ line, source, clock, ...ended });
  const close = async (): Promise<void> => {
    await claims?.close();
    await finish(drain, line, context);
    await drain.close();
    await line.close();
  };
  return {
    line,
    drain,
    documents: guardWith(line),
    close,
    ...(claims === undefined ? {} : { interlock: claims.interlock }),
  };
}

/** Goes on while fewer and fewer events wait; a line that takes nothing for one limit is left with the rest. */
async function finish(drain: Drain, { requestLimit }: Line, context: CommandContext): Promise<void> {
  for (let before = Infinity; drain.status.waiting < before && !context.signal.aborted;) {
    before = drain.status.waiting;
    if (await drain.finish(requestLimit)) return;
  }
  const { waiting, why } = drain.status;
  if (waiting === 0) return;
  context.err(`${waiting} records wait for the line${why === undefined ? "" : `: ${why.message}. ${why.advice}`}\n`);
}

function tell(event: LineUnitEvent, context: CommandContext): void {
  switch (event.type) {
    case "line.alone":
      context.err(`slot ${event.slot}: the line is out of reach; the run goes on alone\n`);
      return;
    case "line.conflict":
      context.err(`unit ${event.uuid}: station ${event.other} worked on it too (run ${event.otherRun})\n`);
      return;
    case "line.reconciled":
      return;
  }
}
