import type { Database, Statement } from "better-sqlite3";
import { LONGEST, type Report, type ReportFilter, type ReportOrder } from "../contract/report.ts";
import { abortReason, type Instant } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import { Zone } from "../core/zone.ts";
import { cycleTimes, Times } from "./cycle-times.ts";
import { openForReading } from "./database-file.ts";
import { Buckets, intervalFor } from "./report-buckets.ts";
import { choicesQuery, edgeQuery, fixturesQuery, groupQuery, groupRow, reportWhere } from "./report-query.ts";
import { timesQuery, unitsQuery, within, type Span } from "./report-query.ts";
import { ReportTally } from "./report-tally.ts";
import type { Where } from "./run-where.ts";
import { auditError } from "./sqlite-error.ts";
import type { Watch } from "./verify-database.ts";

const HOUR = 3_600_000;
/** Runs between two looks at the signal, about. */
const BREATH = 4096;

/**
 * The figures of the runs of a filter, from one snapshot of the database. Goes through the record clock hour by clock hour,
 * so that it can be cancelled; nothing that it keeps grows with the number of runs but 8 bytes for each that passed.
 * @throws StationError audit.missing, audit.corrupt …; the signal's reason
 */
export async function readReport(file: string, order: ReportOrder, watch: Watch = {}): Promise<Report> {
  const { db, close } = openForReading(file);
  try {
    db.exec("BEGIN");
    return await new ReportReader(db, order, watch).read();
  } catch (error) {
    throw auditError(error, "the audit database cannot be read", { file });
  } finally {
    close();
  }
}

type Edges = { readonly first: Instant; readonly last: Instant };

class ReportReader {
  readonly #db: Database;
  readonly #order: ReportOrder;
  readonly #watch: Watch;
  readonly #zone: Zone;
  readonly #where: Where;
  readonly #tally = new ReportTally();
  readonly #times = new Times();
  #hours = 0;

  constructor(db: Database, order: ReportOrder, watch: Watch) {
    this.#db = db;
    this.#order = order;
    this.#watch = watch;
    this.#zone = new Zone(order.zone);
    this.#where = reportWhere(order.filter);
  }

  async read(): Promise<Report> {
    const edges = this.#edges();
    const interval = edges === undefined ? "hour" : intervalFor(edges.first, edges.last);
    const buckets = new Buckets(this.#zone, interval);
    if (edges !== undefined) await this.#walk(edges, buckets);
    const cycle = cycleTimes(this.#times.sorted());
    const units = this.#units(edges);
    return {
      order: this.#order,
      ...(edges === undefined ? {} : { range: { first: isoTime(edges.first), last: isoTime(edges.last) } }),
      ...this.#tally.lists(),
      ...{ units: { ...units, unidentified: this.#tally.unidentified }, hours: this.#hours },
      ...{ interval, buckets: buckets.list() },
      ...(cycle === undefined ? {} : { cycle }),
      choices: this.#choices(),
    };
  }

  async #walk({ first, last }: Edges, buckets: Buckets): Promise<void> {
    const hour = within(this.#where, { from: "", to: "", open: true });
    const groups = this.#rows(groupQuery(hour)).raw();
    const times = this.#rows<number>(timesQuery(hour)).pluck();
    const next = this.#rows<string>(edgeQuery(within(this.#where, { from: "", to: "" }), "ASC")).pluck();
    const until = isoTime(last);
    let seen = 0;
    let begun: Instant = first;
    for (;;) {
      await this.#breathe(begun - first, last - first + 1, seen);
      const start = this.#zone.hourStart(begun);
      // What has been counted is never counted again, whatever the clock does; the end of the range lies in its last hour.
      const end = Math.min(start + HOUR, last + 1);
      const span = [...this.#where.values, isoTime(begun), isoTime(end)];
      const rows = (groups.all(...span) as unknown[][]).map(groupRow);
      const endings = this.#tally.add(rows);
      for (const time of times.all(...span)) this.#times.add(time);
      if (endings.runs > 0) this.#hours += 1;
      buckets.add(start, endings);
      seen += endings.runs;
      const following = end > last ? undefined : next.get(...this.#where.values, isoTime(end), until);
      if (following === undefined) break;
      begun = Date.parse(following);
    }
    this.#watch.progress?.({ done: last - first + 1, total: last - first + 1 });
  }

  #looked = 0;

  /** Lets cancelling and other requests in, every few thousand runs. @throws the signal's reason */
  async #breathe(done: number, total: number, seen: number): Promise<void> {
    const { signal, progress } = this.#watch;
    if (signal?.aborted === true) throw abortReason(signal);
    if (seen - this.#looked < BREATH) return;
    this.#looked = seen;
    progress?.({ done, total });
    await new Promise((wake) => setImmediate(wake));
  }

  #edges(): Edges | undefined {
    const span = spanOf(this.#order.filter);
    const where = within(this.#where, span);
    const edge = (order: "ASC" | "DESC"): string | undefined =>
      this.#rows<string>(edgeQuery(where, order))
        .pluck()
        .get(...where.values);
    const [first, last] = [edge("ASC"), edge("DESC")];
    if (first === undefined || last === undefined) return undefined;
    return { first: Date.parse(first), last: Date.parse(last) };
  }

  #units(edges: Edges | undefined): Omit<Report["units"], "unidentified"> {
    if (edges === undefined) return { units: 0, passed: 0, passedFirst: 0 };
    const where = within(this.#where, { from: isoTime(edges.first), to: isoTime(edges.last) });
    const cells = this.#rows<number[]>(unitsQuery(where))
      .raw()
      .get(...where.values);
    const [units = 0, passed = 0, passedFirst = 0] = cells ?? [];
    return { units, passed, passedFirst };
  }

  #choices(): Report["choices"] {
    const of = (sql: string): string[] => this.#rows<string>(sql).pluck().all();
    return {
      recipes: of(choicesQuery("recipe", LONGEST.choices)),
      operators: of(choicesQuery("operator", LONGEST.choices)),
      fixtures: of(fixturesQuery(LONGEST.choices)),
    };
  }

  #rows<Row = unknown>(sql: string): Statement<string[], Row> {
    return this.#db.prepare<string[], Row>(sql);
  }
}

function spanOf({ from, to }: ReportFilter): Span {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
