import { flushPromises } from "@vue/test-utils";
import { vi } from "vitest";
import HistoryScreen from "../../../../renderer/screens/history/history-screen.vue";
import type { RunQuery } from "../../../../src/contract/history.ts";
import type { RunFilter } from "../../../../src/contract/station-request.ts";
import { shown, type MountOptions } from "../../mounted.ts";

/** The element that scrolls is so high that ten rows of 44 px fit below the head. */
export class TenRows {
  readonly #tell: ResizeObserverCallback;
  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }
  observe(): void {
    this.#tell([{ contentRect: { height: 44 * 11 } } as ResizeObserverEntry], this);
  }
  unobserve(): void {}
  disconnect(): void {}
}

const UNITS = { units: 1_000_000, unitsPassed: 987_654, unitsPassedFirst: 987_000 };
const COUNTS = { runs: 1_000_000, pass: 987_654, fail: 12_345, error: 1, aborted: 0, running: 0, ...UNITS };
const NONE = { runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 };
/** Counts of a record without runs. */
export const EMPTY = { ...NONE, units: 0, unitsPassed: 0, unitsPassedFirst: 0 };

/** The History screen over a record of a million runs. */
export async function history({ answers = {}, ...options }: MountOptions = {}) {
  const counts = ({ filter }: { readonly filter: RunFilter }) => (filter.unitStart === undefined ? COUNTS : EMPTY);
  const told = { "history.counts": counts, ...answers };
  const rest = await shown(HistoryScreen, { path: "/history", ...options, answers: told });
  await flushPromises();
  const { screen, of } = rest;
  const queries = () => of("history.runs").map((asks) => (asks as { query: RunQuery }).query);
  const filter = () => queries().at(-1)?.filter;
  const chip = (name: string) => screen.findAll(".outcomes button").find((one) => one.text().startsWith(name))!;
  const grid = () => screen.get("[role=grid]");
  const search = () => screen.get<HTMLInputElement>("[role=searchbox]");
  const selected = () => screen.findAll("[role=row][aria-selected=true]").map((row) => row.attributes("aria-rowindex"));
  const key = async (name: string): Promise<void> => {
    await grid().trigger("keydown", { key: name });
    await flushPromises();
  };
  const rested = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(250);
    await flushPromises();
  };
  return { ...rest, queries, filter, chip, grid, search, selected, key, rested };
}
