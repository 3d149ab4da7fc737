import type { DesktopNews, NewsBundle } from "../../src/contract/desktop-news.ts";

/**
 * Lets numbered news through in order: closed until a snapshot is there, then from the snapshot's number on.
 * A gap closes it and calls for a new snapshot.
 */
export class NewsGate {
  readonly #take: (news: DesktopNews) => void;
  readonly #reload: () => void;
  #waiting: NewsBundle[number][] = [];
  #last: number | undefined;

  /** `take` gets each item once; `reload` is called when one is missing. */
  constructor(take: (news: DesktopNews) => void, reload: () => void) {
    this.#take = take;
    this.#reload = reload;
  }

  /** A snapshot that contains the news up to `number` has been taken over; it was made after what waits here arrived. */
  open(number: number): void {
    const newer = this.#waiting.filter((item) => item.number > number);
    this.#waiting = [];
    this.#last = newer.at(-1)?.number ?? number;
    for (const { news } of newer) this.#take(news);
  }

  /** News arrive. */
  pass(bundle: NewsBundle): void {
    for (const item of bundle) {
      if (this.#last === undefined) this.#waiting.push(item);
      else if (item.number === this.#last + 1) {
        this.#last = item.number;
        this.#take(item.news);
      } else if (item.number > this.#last) {
        this.#last = undefined;
        this.#waiting = [item];
        this.#reload();
      }
    }
  }
}
