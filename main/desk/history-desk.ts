import type { ExportResult } from "../../src/audit/make-export.ts";
import type { HistoryClient } from "../../src/audit/history-thread.ts";
import type { AuditStore } from "../../src/audit/audit-store.ts";
import { refuseOwnFiles } from "../../src/audit/own-files.ts";
import type { CentralExport } from "../../src/collect/read/make-central-export.ts";
import type { RecordSource } from "../../src/contract/history.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { ExportFormat } from "../../src/contract/station-request.ts";
import { isoTime } from "../../src/core/iso-time.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { CentralReader } from "../shared-line/central.ts";
import type { Jobs } from "./jobs.ts";

/** The system's own dialogs for files; undefined: the person chose none. */
export type FileDialogs = {
  /** Where to write an export; `name` is proposed. */
  readonly saveExport: (name: string, format: ExportFormat) => Promise<string | undefined>;
  /** Which database or export to verify. */
  readonly openRecord: () => Promise<string | undefined>;
};

export type HistoryParts = {
  readonly history: HistoryClient;
  /** Reads the central database of the line. @throws StationError desktop.no-central, collect.* */
  readonly central: () => Promise<CentralReader>;
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly dialogs: FileDialogs;
  /** Path of the station's own audit database. */
  readonly record: string;
};

type HistoryHandlers = Pick<Handlers, Extract<keyof Handlers, `history.${string}`>>;

/** The requests about the record, done in the history thread. */
export function historyHandlers(parts: HistoryParts): HistoryHandlers {
  const { history, central, store, clock, jobs, dialogs, record } = parts;
  const from = async (source: RecordSource = "station") => (source === "line" ? central() : history);
  return {
    "history.runs": ({ query, source, job }) => jobs.run(job, async (watch) => (await from(source)).runs(query, watch)),
    "history.run": async ({ id, source }) => {
      const found = await (await from(source)).run(id);
      return found === undefined ? null : { run: found.run, events: [...found.events] };
    },
    "history.counts": ({ filter, source, job }) =>
      jobs.run(job, async (watch) => (await from(source)).counts(filter, watch)),
    "history.export": async ({ format, filter, source, job }) => {
      const line = source === "line" ? await central() : undefined;
      const out = await dialogs.saveExport(exportName(isoTime(clock.now()), format, source), format);
      if (out === undefined) return { kind: "cancelled" };
      const order = { format, out, filter };
      if (line !== undefined) {
        refuseOwnFiles(record, out);
        return lineAnswer(await jobs.run(job, (watch) => line.export(order, watch)));
      }
      return savedAnswer(await jobs.run(job, (watch) => history.export(order, { clock, store, ...watch })));
    },
    "history.verify": async ({ what, job }) => {
      const file = what === "record" ? record : await dialogs.openRecord();
      if (file === undefined) return { kind: "cancelled" };
      const verdict = await jobs.run(job, (watch) => history.verify({ file }, watch));
      return { kind: "verdict", file, verdict };
    },
  };
}

/** A name that sorts by time and that every system takes: `runs-2026-03-01T08-00-00.csv`; `line-runs-…` of the whole line. */
export function exportName(at: string, format: ExportFormat, source: RecordSource = "station"): string {
  return `${source === "line" ? "line-" : ""}runs-${at.slice(0, 19).replaceAll(":", "-")}.${format}`;
}

function lineAnswer({ out, rows, sha256 }: CentralExport) {
  return { kind: "saved", file: out, rows, sha256 } as const;
}

function savedAnswer({ out, manifest, rows, sha256 }: ExportResult) {
  return { kind: "saved", file: out, manifest, rows, sha256 } as const;
}
