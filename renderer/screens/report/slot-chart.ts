import { judgedOf, type Report, type SlotCount } from "../../../src/contract/report.ts";
import type { FixtureFacts } from "../../../src/contract/desktop-snapshot.ts";
import { stationWord } from "../../components/station-word.ts";
import { chartBase } from "./chart-axes.ts";
import type { ChartOption } from "./chart-kit.ts";
import type { ChartTheme } from "./chart-theme.ts";
import { failuresOf } from "./report-numbers.ts";
import type { Words } from "./words.ts";

/** A place of the tray; rows and columns from 0 at the back left. `count` is absent where no run was judged. */
export type SlotCell = {
  readonly slot: string;
  readonly row: number;
  readonly column: number;
  readonly count: SlotCount | undefined;
};

/** A tray of slots as it lies on the bench. */
export type SlotTray = {
  readonly fixture: string;
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly SlotCell[];
};

/** The slots that are drawn: of a line those of one station, the one with a slot that stands out, else the busiest. */
export function drawnSlots(slots: readonly SlotCount[]): readonly SlotCount[] {
  const runs = new Map<string | undefined, number>();
  for (const { station, runs: more } of slots) runs.set(station, (runs.get(station) ?? 0) + more);
  const [busy] = [...runs].toSorted(([, one], [, other]) => other - one)[0] ?? [];
  const marked = slots.find(({ standsOut }) => standsOut);
  const drawn = marked === undefined ? busy : marked.station;
  return slots.filter(({ station }) => station === drawn);
}

/** What a slot is called in a report: of a line with its station. */
export function slotName(
  { slot, station }: Pick<SlotCount, "slot" | "station">,
  { line }: Pick<Report, "line">,
): string {
  return station === undefined ? slot : `${stationWord(line?.stations ?? [], station)}/${slot}`;
}

/** The tray of one fixture: laid out as the station's own where it is that one, else in rows in the order of the slots. */
export function slotTray(slots: readonly SlotCount[], own: FixtureFacts | undefined): SlotTray | undefined {
  const fixture = slots.some((slot) => slot.fixture === own?.name) ? own?.name : busiest(slots);
  if (fixture === undefined) return undefined;
  const counted = slots.filter((slot) => slot.fixture === fixture);
  if (
    own !== undefined &&
    own.name === fixture &&
    counted.every(({ slot }) => own.slots.some((place) => place.slot === slot))
  )
    return {
      ...{ fixture, rows: own.rows, columns: own.columns },
      cells: own.slots.map(({ slot, row, column }) => {
        return { slot, row: row - 1, column: column - 1, count: counted.find((each) => each.slot === slot) };
      }),
    };
  const columns = Math.max(1, Math.ceil(Math.sqrt(counted.length * 2)));
  return {
    ...{ fixture, rows: Math.ceil(counted.length / columns), columns },
    cells: counted.map((count, index) => {
      return { slot: count.slot, row: Math.floor(index / columns), column: index % columns, count };
    }),
  };
}

const GAP = 4;
const FRONT = 28;
const PADDING = 6;
/** Narrower cells have room for one of their two numbers. */
const NARROW = 30;

/** Failures by slot, laid out as the tray; slots that stand out have a strong border. */
export function slotChart(tray: SlotTray, theme: ChartTheme, words: Words): ChartOption {
  const most = Math.max(1, ...tray.cells.map(({ count }) => (count === undefined ? 0 : failuresOf(count))));
  return {
    ...chartBase(theme),
    series: [
      {
        ...{ type: "custom", coordinateSystem: "none", silent: true, data: tray.cells.map((_, index) => index) },
        renderItem: (params: { readonly dataIndex: number }, api: Size) => {
          const cell = tray.cells[params.dataIndex];
          return cell === undefined ? undefined : cellGroup(cell, tray, most, theme, api);
        },
      },
      {
        ...{ type: "custom", coordinateSystem: "none", silent: true, data: [0] },
        renderItem: (_: unknown, api: Size) => frontText(words.text("front"), theme, api),
      },
    ],
  };
}

type Size = { readonly getWidth: () => number; readonly getHeight: () => number };

function cellGroup(cell: SlotCell, { rows, columns }: SlotTray, most: number, theme: ChartTheme, api: Size) {
  const width = (api.getWidth() - GAP * (columns - 1)) / columns;
  const height = (api.getHeight() - FRONT - GAP * (rows - 1)) / rows;
  const [x, y] = [cell.column * (width + GAP) + 1, cell.row * (height + GAP) + 1];
  const look = lookOf(cell, most, theme);
  const rect = { type: "rect", shape: { x, y, width: width - 2, height: height - 2, r: 4 }, style: look.box };
  const failures = cell.count === undefined ? 0 : failuresOf(cell.count);
  const small = { font: `${theme.size}px ${theme.font}`, fill: look.name, text: cell.slot };
  const name = { type: "text", style: { ...small, x: x + PADDING, y: y + PADDING - 1 } };
  if (failures === 0 || width < NARROW || height < NARROW)
    return {
      type: "group",
      children:
        failures === 0 ? [rect, name] : [rect, figure(String(failures), x, y, width, height, look.figure, theme)],
    };
  return { type: "group", children: [rect, name, figure(String(failures), x, y, width, height, look.figure, theme)] };
}

function figure(
  text: string,
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  { size, font }: ChartTheme,
) {
  const style = {
    text,
    fill,
    font: `650 ${Math.round(size * 1.3)}px ${font}`,
    x: x + width - PADDING - 2,
    y: y + height - PADDING - 1,
  };
  return { type: "text", style: { ...style, align: "right", verticalAlign: "bottom" } };
}

function lookOf({ count }: SlotCell, most: number, theme: ChartTheme) {
  if (count === undefined || judgedOf(count) === 0)
    return { box: { fill: "none", stroke: theme.line, lineDash: [3, 3] }, name: theme.ink3, figure: theme.ink3 };
  const failures = failuresOf(count);
  if (count.standsOut)
    return {
      box: { fill: theme.heat3, stroke: theme.ink, lineWidth: 2 },
      name: theme.onHeatHigh,
      figure: theme.onHeatHigh,
    };
  if (failures === 0) return { box: { fill: theme.heat0 }, name: theme.ink3, figure: theme.ink3 };
  const fill = failures * 3 <= most || failures === 1 ? theme.heat1 : theme.heat2;
  return { box: { fill }, name: theme.onHeatLow, figure: theme.onHeatLow };
}

function frontText(text: string, { size, font, ink3 }: ChartTheme, api: Size) {
  const style = { text, fill: ink3, font: `${size}px ${font}`, align: "center", verticalAlign: "bottom" };
  return { type: "text", style: { ...style, x: api.getWidth() / 2, y: api.getHeight() - 4 } };
}

function busiest(slots: readonly SlotCount[]): string | undefined {
  const runs = new Map<string, number>();
  for (const { fixture, runs: more } of slots) runs.set(fixture, (runs.get(fixture) ?? 0) + more);
  return [...runs].toSorted(([, one], [, other]) => other - one)[0]?.[0];
}
