import {
  judgedOf,
  LONGEST,
  type CodeCount,
  type Endings,
  type Group,
  type Groups,
  type Report,
  type SlotCount,
} from "../contract/report.ts";
import { addRuns, addTo, NO_ENDINGS, type MutableEndings } from "./report-endings.ts";
import type { GroupRow } from "./report-query.ts";
import { chanceOf, standsOut, type Trials } from "./slot-chance.ts";

const NUMERIC = new Intl.Collator("en", { numeric: true });

type Place = {
  readonly fixture: string;
  /** Of a line's report alone: fixtures of two stations may have one name. */
  readonly station: string | undefined;
  readonly slot: string;
  readonly endings: MutableEndings;
};
type Lists = Pick<Report, "runs" | "codes" | "slots" | "recipes" | "operators">;

/** Adds up the rows of a report, hour by hour. */
export class ReportTally {
  readonly runs: MutableEndings = { ...NO_ENDINGS };
  unidentified = 0;
  readonly #codes = new Map<string | null, { fail: number; error: number }>();
  readonly #slots = new Map<string, Place>();
  readonly #recipes = new Map<string | null, MutableEndings>();
  readonly #operators = new Map<string | null, MutableEndings>();

  /** Adds the rows of one hour; answers how its runs ended. */
  add(rows: readonly GroupRow[]): Endings {
    const hour = { ...NO_ENDINGS };
    for (const row of rows) this.#addRow(row, hour);
    addTo(this.runs, hour);
    return hour;
  }

  lists(): Lists {
    return {
      ...{ runs: { ...this.runs }, codes: this.#codeList(), slots: this.#slotList() },
      ...{ recipes: groupsOf(this.#recipes), operators: groupsOf(this.#operators) },
    };
  }

  #addRow(
    { fixture, station, slot, outcome, code, recipe, operator, unidentified, count }: GroupRow,
    hour: MutableEndings,
  ): void {
    const place = entry(this.#slots, JSON.stringify([station, fixture, slot]), () => {
      return { fixture: fixture ?? "", station, slot, endings: { ...NO_ENDINGS } };
    });
    const none = (): MutableEndings => ({ ...NO_ENDINGS });
    const sums = [hour, place.endings, entry(this.#recipes, recipe, none), entry(this.#operators, operator, none)];
    for (const endings of sums) addRuns(endings, outcome, count);
    if (unidentified && (outcome === "PASS" || outcome === "FAIL" || outcome === "ERROR")) this.unidentified += count;
    if (outcome !== "FAIL" && outcome !== "ERROR") return;
    const failed = entry(this.#codes, code, () => ({ fail: 0, error: 0 }));
    failed[outcome === "FAIL" ? "fail" : "error"] += count;
  }

  #codeList(): Report["codes"] {
    const all = [...this.#codes]
      .map(([code, counts]): CodeCount => ({ code, ...counts }))
      .sort((one, other) => failuresOf(other) - failuresOf(one) || NUMERIC.compare(one.code ?? "", other.code ?? ""));
    const beyond = all.slice(LONGEST.codes);
    if (beyond.length === 0) return { codes: all };
    const sum = (name: "fail" | "error"): number => beyond.reduce((total, each) => total + each[name], 0);
    const rest = { codes: beyond.length, fail: sum("fail"), error: sum("error") };
    return { codes: all.slice(0, LONGEST.codes), rest };
  }

  #slotList(): SlotCount[] {
    const places = [...this.#slots.values()];
    const fixtures = new Map<string, { judged: number; failed: number; slots: number }>();
    for (const { fixture, station, endings } of places) {
      const all = entry(fixtures, trayOf({ fixture, station }), () => ({ judged: 0, failed: 0, slots: 0 }));
      const { judged, failed } = trialsOf(endings);
      all.judged += judged;
      all.failed += failed;
      all.slots += 1;
    }
    return places
      .map((place) => slotCount(place, fixtures.get(trayOf(place)) ?? { judged: 0, failed: 0, slots: 0 }))
      .sort((one, other) => byPlace(one, other))
      .slice(0, LONGEST.slots);
  }
}

function trayOf({ fixture, station }: Pick<Place, "fixture" | "station">): string {
  return JSON.stringify([station, fixture]);
}

function byPlace(one: SlotCount, other: SlotCount): number {
  return (
    NUMERIC.compare(one.fixture, other.fixture) ||
    NUMERIC.compare(one.station ?? "", other.station ?? "") ||
    NUMERIC.compare(one.slot, other.slot)
  );
}

function slotCount({ fixture, station, slot, endings }: Place, all: Trials & { readonly slots: number }): SlotCount {
  const trials = trialsOf(endings);
  const chance = chanceOf(trials, all);
  return {
    ...{ fixture, slot, ...endings },
    ...(station === undefined ? {} : { station }),
    share: trials.judged === 0 ? null : trials.failed / trials.judged,
    ...{ chance, standsOut: standsOut(trials, chance, all.slots) },
  };
}

function trialsOf(endings: Endings): Trials {
  return { judged: judgedOf(endings), failed: failuresOf(endings) };
}

function failuresOf({ fail, error }: Pick<Endings, "fail" | "error">): number {
  return fail + error;
}

function groupsOf(groups: ReadonlyMap<string | null, Endings>): Groups {
  const all = [...groups]
    .map(([name, endings]): Group => ({ name, ...endings }))
    .sort((one, other) => other.runs - one.runs || NUMERIC.compare(one.name ?? "", other.name ?? ""));
  const beyond = all.slice(LONGEST.groups);
  if (beyond.length === 0) return { groups: all };
  const rest = { ...NO_ENDINGS };
  for (const each of beyond) addTo(rest, each);
  return { groups: all.slice(0, LONGEST.groups), rest };
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
