import type { RunCursor, RunPage, RunQuery, RunRecord } from "../../../src/contract/history.ts";

/** Runs of a page. */
export const PAGE_SIZE = 100;
/** Pages that are kept; the ones farthest from the newest are let go. */
const KEPT = 40;

/**
 * The pages of a long list of runs that are known. Where a page begins is remembered for every page once seen, so that a
 * jump to it, or to one after it, needs no count from the beginning.
 */
export type PageBook = {
  readonly total: number;
  readonly pages: ReadonlyMap<number, readonly RunRecord[]>;
  readonly beginnings: ReadonlyMap<number, RunCursor>;
};

/** A list of which only the length is known. */
export function emptyBook(total: number): PageBook {
  return { total, pages: new Map(), beginnings: new Map() };
}

/** The run at a place of the list, once its page is there. */
export function runAt(book: PageBook, index: number): RunRecord | undefined {
  return book.pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE];
}

/** The place of a run among the pages that are there. */
export function placeOf(book: PageBook, id: string): number | undefined {
  for (const [page, runs] of book.pages) {
    const index = runs.findIndex((run) => run.id === id);
    if (index >= 0) return page * PAGE_SIZE + index;
  }
  return undefined;
}

/** The pages that rows from `first` up to but without `end` need and that are not there, in order. */
export function missingPages(book: PageBook, first: number, end: number): readonly number[] {
  const from = Math.floor(first / PAGE_SIZE);
  const to = Math.floor(Math.max(first, Math.min(end, book.total) - 1) / PAGE_SIZE);
  const pages = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  return pages.filter((page) => page * PAGE_SIZE < book.total && !book.pages.has(page));
}

/** How to ask for a page: from its beginning, or from the nearest known one before it. */
export function placeOfPage(book: PageBook, page: number): Pick<RunQuery, "after" | "skip" | "limit"> {
  for (let known = page; known > 0; known--) {
    const after = book.beginnings.get(known);
    if (after !== undefined) return { after, skip: (page - known) * PAGE_SIZE, limit: PAGE_SIZE };
  }
  return { skip: page * PAGE_SIZE, limit: PAGE_SIZE };
}

/** The book with a page more. A last page that is shorter or longer than was counted corrects the total. */
export function withPage(book: PageBook, page: number, answer: RunPage): PageBook {
  const pages = new Map(book.pages).set(page, answer.runs);
  const near = [...pages.keys()].toSorted((a, b) => Math.abs(a - page) - Math.abs(b - page));
  for (const far of near.slice(KEPT)) pages.delete(far);
  const beginnings = new Map(book.beginnings);
  if (answer.next !== undefined) beginnings.set(page + 1, answer.next);
  return { total: correctedTotal(book.total, page, answer), pages, beginnings };
}

function correctedTotal(total: number, page: number, answer: RunPage): number {
  const seen = page * PAGE_SIZE + answer.runs.length;
  if (answer.next !== undefined) return Math.max(total, seen + 1);
  return answer.runs.length > 0 || page === 0 ? seen : Math.min(total, seen);
}
