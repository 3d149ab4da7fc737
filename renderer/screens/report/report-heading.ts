import type { Report } from "../../../src/contract/report.ts";
import { stationWord } from "../../components/station-word.ts";
import type { Words } from "./words.ts";

/** Which runs the report counts, in a line: mode, number, range, filters, time zone. */
export function headingOf({ order, range, runs, line }: Report, words: Words): string {
  const { filter, zone } = order;
  const { recipe, fixture, slot, operator, station, mode } = filter;
  const time = new Intl.DateTimeFormat(words.language, {
    ...{ timeZone: zone, day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  const span = range === undefined ? [] : [time.formatRange(Date.parse(range.first), Date.parse(range.last))];
  return [
    words.text(`counted.${mode}`, { count: words.number(runs.runs) }, runs.runs),
    ...span,
    ...lineParts(line, station, words),
    ...[recipe, fixture, slot === undefined ? undefined : words.text("slotIs", { slot }), operator].filter(
      (part) => part !== undefined,
    ),
    words.text("zone", { zone }),
  ].join(" · ");
}

/** Whose runs are counted: undefined of one station's own record. */
function lineParts(line: Report["line"], station: string | undefined, words: Words): readonly string[] {
  if (line === undefined) return [];
  const count = line.stations.length;
  if (station === undefined) return [words.text("ofStations", { count: words.number(count) }, count)];
  return [stationWord(line.stations, station)];
}

const HOUR = 3_600_000;
/** How long each interval goes on at most, in ms. */
const LENGTHS = { hour: HOUR, day: 25 * HOUR, week: 169 * HOUR, month: 745 * HOUR, year: 8785 * HOUR } as const;

/** Whether the last interval of the report is the one in which `now` (ms since 1970) lies. */
export function lastGoesOn({ range, interval, order }: Report, now: number): boolean {
  if (range === undefined || (order.filter.to !== undefined && Date.parse(order.filter.to) < now)) return false;
  const last = Date.parse(range.last);
  if (now - last >= LENGTHS[interval]) return false;
  const part = (at: number): string => {
    const date = new Intl.DateTimeFormat("sv", { timeZone: order.zone, dateStyle: "short", timeStyle: "short" }).format(
      at,
    );
    return date.slice(0, { hour: 13, day: 10, week: 0, month: 7, year: 4 }[interval]);
  };
  return interval === "week" ? weekOf(now, order.zone) === weekOf(last, order.zone) : part(now) === part(last);
}

/** The number of the week since 1970, Mondays first, by the date that the zone has. */
function weekOf(at: number, zone: string): number {
  const date = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short" }).format(at);
  return Math.floor((Date.parse(`${date}T00:00:00Z`) / (24 * HOUR) + 3) / 7);
}
