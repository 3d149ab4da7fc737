import { cycleTimes, Times } from "../../audit/cycle-times.ts";
import { Buckets, intervalFor } from "../../audit/report-buckets.ts";
import { choicesQuery, edgeQuery, FIXTURE, fixturesQuery, groupRow, reportWhere } from "../../audit/report-query.ts";
import { timesQuery, unitsQuery, within, type GroupRow, type Span } from "../../audit/report-query.ts";
import { ReportTally } from "../../audit/report-tally.ts";
import type { Where } from "../../audit/run-where.ts";
import type { Watch } from "../../audit/verify-database.ts";
import { LONGEST, type Report, type ReportOrder } from "../../contract/report.ts";
import { abortReason, type Instant } from "../../core/clock.ts";
import { isoTime } from "../../core/iso-time.ts";
import { Zone } from "../../core/zone.ts";
import type { Sql, SqlValue } from "../sql.ts";
import { centralStations } from "./central-history.ts";
import { LineTally } from "./line-tally.ts";
import { inSnapshot } from "./snapshot.ts";

/** What is read at a time: one question to the server for each day with runs. */
const DAY = 86_400_000;

/** Five minutes of the clock as a text: every hour of every time zone begins with such. */
const PART = "substr(started_at, 1, 15) || CASE WHEN substr(started_at, 16, 1) < '5' THEN '0' ELSE '5' END";

/**
 * The figures of the runs of a filter over all stations of a line, from one snapshot of the central database. Goes through the
 * record day by day, so that it can be cancelled.
 * @param sql a session of its own
 * @throws StationError collect.*; the signal's reason
 */
export function readCentralReport(sql: Sql, order: ReportOrder, watch: Watch = {}): Promise<Report> {
  return inSnapshot(sql, () => new CentralReport(sql, order, watch).read());
}

type Edges = { readonly first: Instant; readonly last: Instant };
type PartRow = { readonly at: Instant; readonly row: GroupRow };

class CentralReport {
  readonly #sql: Sql;
  readonly #order: ReportOrder;
  readonly #watch: Watch;
  readonly #zone: Zone;
  readonly #where: Where;
  readonly #tally = new ReportTally();
  readonly #line = new LineTally();
  readonly #times = new Times();
  readonly #hours = new Set<Instant>();

  constructor(sql: Sql, order: ReportOrder, watch: Watch) {
    this.#sql = sql;
    this.#order = order;
    this.#watch = watch;
    this.#zone = new Zone(order.zone);
    this.#where = reportWhere(order.filter);
  }

  async read(): Promise<Report> {
    const edges = await this.#edges();
    const interval = edges === undefined ? "hour" : intervalFor(edges.first, edges.last);
    const buckets = new Buckets(this.#zone, interval);
    if (edges !== undefined) await this.#walk(edges, buckets);
    const cycle = cycleTimes(this.#times.sorted());
    const units = await this.#units(edges);
    const names = new Map((await centralStations(this.#sql)).map(({ id, name }) => [id, name]));
    return {
      order: this.#order,
      ...(edges === undefined ? {} : { range: { first: isoTime(edges.first), last: isoTime(edges.last) } }),
      ...this.#tally.lists(),
      ...{ units: { ...units, unidentified: this.#tally.unidentified }, hours: this.#hours.size },
      ...{ interval, buckets: buckets.list(), line: this.#line.lists((id) => names.get(id)) },
      ...(cycle === undefined ? {} : { cycle }),
      choices: await this.#choices(),
    };
  }

  async #walk({ first, last }: Edges, buckets: Buckets): Promise<void> {
    const day = within(this.#where, { from: "", to: "", open: true });
    const next = edgeQuery(within(this.#where, { from: "", to: "" }), "ASC");
    let begun: Instant = this.#zone.hourStart(first);
    for (;;) {
      this.#breathe(begun - first, last - first + 1);
      const end = Math.min(begun + DAY, last + 1);
      // The first hour may have begun before the range.
      const span = [...this.#where.values, isoTime(Math.max(begun, first)), isoTime(end)];
      this.#count(await this.#all(groupQuery(day), span), buckets);
      for (const [time] of await this.#all(timesQuery(day), span)) this.#times.add(Number(time));
      if (end > last) break;
      const [[following] = []] = await this.#all(next, [...this.#where.values, isoTime(end), isoTime(last)]);
      if (typeof following !== "string") break;
      begun = this.#zone.hourStart(Date.parse(following));
      // What has been counted is never counted again.
      if (begun < end) begun = end;
    }
    this.#watch.progress?.({ done: last - first + 1, total: last - first + 1 });
  }

  /** Adds the rows of a day, hour by hour in order. */
  #count(rows: readonly (readonly unknown[])[], buckets: Buckets): void {
    const hours = new Map<Instant, GroupRow[]>();
    for (const { at, row } of rows.map(partRow)) {
      const hour = this.#zone.hourStart(at);
      const known = hours.get(hour);
      if (known === undefined) hours.set(hour, [row]);
      else known.push(row);
    }
    for (const [hour, some] of [...hours].toSorted(([one], [other]) => one - other)) {
      this.#line.add(some);
      buckets.add(hour, this.#tally.add(some));
      this.#hours.add(hour);
    }
  }

  #breathe(done: number, total: number): void {
    const { signal, progress } = this.#watch;
    if (signal?.aborted === true) throw abortReason(signal);
    progress?.({ done: Math.max(0, done), total });
  }

  async #edges(): Promise<Edges | undefined> {
    const where = within(this.#where, spanOf(this.#order));
    const [[first] = []] = await this.#all(edgeQuery(where, "ASC"), where.values);
    const [[last] = []] = await this.#all(edgeQuery(where, "DESC"), where.values);
    if (typeof first !== "string" || typeof last !== "string") return undefined;
    return { first: Date.parse(first), last: Date.parse(last) };
  }

  async #units(edges: Edges | undefined): Promise<Omit<Report["units"], "unidentified">> {
    if (edges === undefined) return { units: 0, passed: 0, passedFirst: 0 };
    const where = within(this.#where, { from: isoTime(edges.first), to: isoTime(edges.last) });
    const [cells = []] = await this.#all(unitsQuery(where), where.values);
    const [units = 0, passed = 0, passedFirst = 0] = cells.map(Number);
    return { units, passed, passedFirst };
  }

  async #choices(): Promise<Report["choices"]> {
    const of = async (sql: string): Promise<string[]> => (await this.#all(sql)).map(([value]) => String(value));
    return {
      recipes: await of(choicesQuery("recipe", LONGEST.choices)),
      operators: await of(choicesQuery("operator", LONGEST.choices)),
      fixtures: await of(fixturesQuery(LONGEST.choices)),
    };
  }

  #all(sql: string, values: readonly SqlValue[] = []): Promise<readonly (readonly unknown[])[]> {
    return this.#sql.all(sql, values);
  }
}

function groupQuery({ sql }: Where): string {
  return `SELECT ${PART}, station, ${FIXTURE}, slot, outcome, code, recipe, operator,
    CASE WHEN uuid IS NULL THEN 1 ELSE 0 END, count(*) FROM run WHERE ${sql} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`;
}

function partRow([part, station, ...cells]: readonly unknown[]): PartRow {
  return { at: Date.parse(`${String(part)}:00.000Z`), row: { ...groupRow(cells), station: String(station) } };
}

function spanOf({ filter: { from, to } }: ReportOrder): Span {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
