import { addRuns, NO_ENDINGS, type MutableEndings } from "../../audit/report-endings.ts";
import type { GroupRow } from "../../audit/report-query.ts";
import type { LineReport, SharedFailure } from "../../contract/report.ts";

const NUMERIC = new Intl.Collator("en", { numeric: true });
/** As the schema of the report has it. */
const MOST = { stations: 200, shared: 50, perFailure: 50 } as const;

type Failures = { fail: number; error: number };

/** Adds up the rows of a line's report by station. */
export class LineTally {
  readonly #stations = new Map<string, MutableEndings>();
  readonly #codes = new Map<string | null, Map<string, Failures>>();

  add(rows: readonly GroupRow[]): void {
    for (const { station = "", outcome, code, count } of rows) {
      const endings = this.#stations.get(station) ?? { ...NO_ENDINGS };
      addRuns(endings, outcome, count);
      this.#stations.set(station, endings);
      if (outcome !== "FAIL" && outcome !== "ERROR") continue;
      const stations = this.#codes.get(code) ?? new Map<string, Failures>();
      const failures = stations.get(station) ?? { fail: 0, error: 0 };
      failures[outcome === "FAIL" ? "fail" : "error"] += count;
      stations.set(station, failures);
      this.#codes.set(code, stations);
    }
  }

  /** @param nameOf what the line calls a station */
  lists(nameOf: (id: string) => string | undefined): LineReport {
    const stations = [...this.#stations]
      .map(([id, endings]) => {
        const name = nameOf(id);
        return { id, ...(name === undefined ? {} : { name }), ...endings };
      })
      .toSorted((one, other) => other.runs - one.runs || NUMERIC.compare(one.name ?? one.id, other.name ?? other.id));
    return { stations: stations.slice(0, MOST.stations), shared: this.#shared() };
  }

  /** What failed on two stations or more: a part, a recipe or the service is more likely at fault than one bench. */
  #shared(): SharedFailure[] {
    return [...this.#codes]
      .filter(([, stations]) => stations.size > 1)
      .map(([code, stations]) => ({ code, stations: listed(stations) }))
      .toSorted((one, other) => other.stations.length - one.stations.length || sumOf(other) - sumOf(one))
      .slice(0, MOST.shared);
  }
}

function listed(stations: ReadonlyMap<string, Failures>): SharedFailure["stations"] {
  return [...stations]
    .map(([id, failures]) => ({ id, ...failures }))
    .toSorted((one, other) => other.fail + other.error - one.fail - one.error || NUMERIC.compare(one.id, other.id))
    .slice(0, MOST.perFailure);
}

function sumOf({ stations }: SharedFailure): number {
  return stations.reduce((sum, { fail, error }) => sum + fail + error, 0);
}
