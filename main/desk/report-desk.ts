import { rename, rm, writeFile } from "node:fs/promises";
import { csvLine } from "../../src/audit/csv.ts";
import type { HistoryClient } from "../../src/audit/history-thread.ts";
import type { Picture, SaveAsked } from "../../src/contract/desktop-report.ts";
import type { Clock } from "../../src/core/clock.ts";
import { StationError } from "../../src/core/error.ts";
import { isoTime } from "../../src/core/iso-time.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { CentralReader } from "../shared-line/central.ts";
import type { Jobs } from "./jobs.ts";

/** The system's own dialog for the report's files; undefined: the person chose none. */
export type ReportDialogs = {
  /** Where to save a picture or its numbers; `name` is proposed. */
  readonly saveReport: (name: string, format: SaveAsked["content"]["format"]) => Promise<string | undefined>;
};

export type ReportParts = {
  readonly history: Pick<HistoryClient, "report">;
  /** Reads the central database of the line. @throws StationError desktop.no-central, collect.* */
  readonly central: () => Promise<Pick<CentralReader, "report">>;
  readonly clock: Clock;
  readonly jobs: Jobs;
  readonly dialogs: ReportDialogs;
};

type ReportHandlers = Pick<Handlers, "report.read" | "report.save">;

/** The requests of the report: its figures come from the history thread, its files go where a person says. */
export function reportHandlers({ history, central, clock, jobs, dialogs }: ReportParts): ReportHandlers {
  return {
    "report.read": ({ order, source, job }) =>
      jobs.run(job, async (watch) => (source === "line" ? await central() : history).report(order, watch)),
    "report.save": async ({ picture, content }) => {
      const { format } = content;
      const file = await dialogs.saveReport(reportName(picture, isoTime(clock.now()), format), format);
      if (file === undefined) return { kind: "cancelled" };
      await writeWhole(file, format === "csv" ? content.rows.map(csvLine).join("") : content.bytes);
      return { kind: "saved", file };
    },
  };
}

/** A name that sorts by time and that every system takes: `report-slots-2026-03-01T08-00-00.png`. */
export function reportName(picture: Picture, at: string, format: string): string {
  return `report-${picture}-${at.slice(0, 19).replaceAll(":", "-")}.${format}`;
}

/** The whole file or none. @throws StationError desktop.save */
async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.part`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new StationError("desktop.save", "the file cannot be written", { file }, { cause });
  }
}
