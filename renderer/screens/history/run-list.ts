import { computed, shallowRef } from "vue";
import type { RecordSource, RunCounts, RunPage, RunRecord } from "../../../src/contract/history.ts";
import type { RunFilter } from "../../../src/contract/station-request.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import type { StationClient } from "../../api/station-client.ts";
import { emptyBook, missingPages, placeOfPage, runAt, withPage, type PageBook } from "./page-book.ts";

/** Pages that are asked for at a time; a fast scroll asks for the rest when it has come to rest. */
const AT_ONCE = 2;

/** What the list shows: nothing yet, its rows (`fresh` unless newer ones are on their way), or why there are none. */
export type ListState =
  | { readonly kind: "empty" }
  | { readonly kind: "shown"; readonly fresh: boolean }
  | { readonly kind: "failed"; readonly error: ErrorReport };

/** Absent: this station. */
type Source = { readonly source?: RecordSource };

type Rows = { readonly first: number; readonly end: number };

/** The runs of a filter, newest first, read page by page as they come in sight. */
export function runList(client: StationClient) {
  const state = shallowRef<ListState>({ kind: "empty" });
  const book = shallowRef<PageBook>(emptyBook(0));
  /** How the runs of the filter ended, whatever outcome it asks for. */
  const counts = shallowRef<RunCounts>();
  const asked = new Set<number>();
  const first = firstReader(client);
  let filter: RunFilter = {};
  let from: Source = {};
  let round = 0;
  let wanted: Rows = { first: 0, end: 0 };

  /** Reads the list anew; what is shown stays until the new rows are there. */
  async function load(next: RunFilter, source: RecordSource = "station"): Promise<void> {
    const mine = (round += 1);
    const whose: Source = source === "line" ? { source } : {};
    asked.clear();
    if (state.value.kind === "shown") state.value = { kind: "shown", fresh: false };
    try {
      const { page, counts: ended } = await first.read(next, whose);
      if (mine !== round) return;
      filter = frozen(next, page);
      from = whose;
      counts.value = ended;
      book.value = withPage(emptyBook(countOf(ended, next)), 0, page);
      state.value = { kind: "shown", fresh: true };
      show(wanted);
    } catch (error) {
      if (mine === round) state.value = { kind: "failed", error: reportOf(error) };
    }
  }

  /** These rows are in sight: what is missing of them is read. */
  function show(rows: Rows): void {
    wanted = rows;
    const missing = missingPages(book.value, rows.first, rows.end).filter((page) => !asked.has(page));
    for (const page of missing.slice(0, Math.max(0, AT_ONCE - asked.size))) void read(page);
  }

  async function read(page: number): Promise<void> {
    const mine = round;
    asked.add(page);
    try {
      const answer = await client.ask("history.runs", { query: { filter, ...placeOfPage(book.value, page) }, ...from });
      if (mine !== round) return;
      asked.delete(page);
      book.value = withPage(book.value, page, answer);
      show(wanted);
    } catch (error) {
      if (mine === round) state.value = { kind: "failed", error: reportOf(error) };
    }
  }

  const total = computed(() => book.value.total);
  const at = (index: number): RunRecord | undefined => runAt(book.value, index);
  return { state, book, counts, total, at, load, show };
}

/** Reads the beginning of lists; one that is still being read is cancelled by the next. */
function firstReader(client: StationClient) {
  const name = `list-${Date.now().toString(36)}`;
  let count = 0;
  let jobs: readonly string[] = [];

  async function read(
    filter: RunFilter,
    whose: Source,
  ): Promise<{ readonly page: RunPage; readonly counts: RunCounts }> {
    // Whether it was in time does not matter: its answer is no longer waited for.
    for (const job of jobs) client.ask("cancel", { job }).catch(() => undefined);
    count += 1;
    const [pageJob, countJob] = [`${name}-page-${count}`, `${name}-count-${count}`];
    const mine = [pageJob, countJob];
    jobs = mine;
    const { outcome: _outcome, ...anyOutcome } = filter;
    const query = { filter, ...placeOfPage(emptyBook(0), 0) };
    const [page, counts] = await Promise.all([
      client.ask("history.runs", { query, ...whose, job: pageJob }),
      client.ask("history.counts", { filter: anyOutcome, ...whose, job: countJob }),
    ]);
    if (jobs === mine) jobs = [];
    return { page, counts };
  }

  return { read };
}

/** The filter of the later pages: runs that start after the first page was read must not shift them. */
function frozen(filter: RunFilter, page: RunPage): RunFilter {
  const [newest] = page.runs;
  return newest === undefined || filter.to !== undefined ? filter : { ...filter, to: newest.startedAt };
}

const COUNTED = { PASS: "pass", FAIL: "fail", ERROR: "error", ABORTED: "aborted" } as const;

function countOf(counts: RunCounts, { outcome }: RunFilter): number {
  return outcome === undefined ? counts.runs : counts[COUNTED[outcome]];
}
