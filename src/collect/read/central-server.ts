import type { Watch } from "../../audit/verify-database.ts";
import { WorkServer } from "../../audit/work-server.ts";
import type { FromThread, ToThread } from "../../audit/work-thread.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import { StationError } from "../../core/error.ts";
import type { Sql } from "../sql.ts";
import { draftCentralExport } from "./central-export.ts";
import { centralCounts, centralRun, centralRuns, centralStations } from "./central-history.ts";
import type { CentralRequest, CentralWork } from "./central-messages.ts";
import { readCentralReport } from "./central-report.ts";

/** Opens a session that can only read. @throws StationError collect.* */
export type OpenCentral = () => Promise<Sql>;

/** Does the work of the thread that reads the central database: over one session, and one more for each report and export. */
export class CentralServer {
  readonly #open: OpenCentral;
  readonly #server: WorkServer<CentralRequest>;
  #session: Promise<Sql> | undefined;

  constructor(open: OpenCentral, send: (message: FromThread) => void) {
    this.#open = open;
    this.#server = new WorkServer((request, watch) => this.#work(request, watch), send);
  }

  /** Takes a message; answers follow through `send`. Never throws. */
  take(message: ToThread<CentralRequest>): Promise<void> {
    return this.#server.take(message);
  }

  async close(): Promise<void> {
    this.#server.close();
    const session = this.#session;
    this.#session = undefined;
    await session?.then((sql) => sql.close()).catch(() => undefined);
  }

  #work(request: CentralRequest, watch: Watch): Promise<CentralWork[keyof CentralWork]["answers"]> {
    switch (request.kind) {
      case "check":
        return this.#over(async (sql) => {
          await centralStations(sql);
          return null;
        });
      case "runs":
        return this.#over((sql) => centralRuns(sql, request.asks));
      case "run":
        return this.#over((sql) => centralRun(sql, request.asks));
      case "counts":
        return this.#over((sql) => centralCounts(sql, request.asks satisfies RunFilter));
      case "stations":
        return this.#over(centralStations);
      case "draft":
        return this.#apart((sql) => draftCentralExport(sql, request.asks, watch));
      case "report":
        return this.#apart((sql) => readCentralReport(sql, request.asks, watch));
    }
  }

  /** Over the session that is there; one that was lost is opened anew, once. */
  async #over<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const kept = this.#session;
    try {
      return await work(await this.#opened());
    } catch (error) {
      this.#drop();
      if (kept === undefined || !(error instanceof StationError) || error.code !== "collect.lost") throw error;
      return await work(await this.#opened());
    }
  }

  /** Over a session of its own. */
  async #apart<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const sql = await this.#open();
    try {
      return await work(sql);
    } finally {
      await sql.close();
    }
  }

  #opened(): Promise<Sql> {
    if (this.#session !== undefined) return this.#session;
    const opening = this.#open();
    this.#session = opening;
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    // Others may still wait for its answers: it ends behind them.
    void session?.then((sql) => sql.close()).catch(() => undefined);
  }
}
