import type { DesktopNews, NewsBundle } from "../../src/contract/desktop-news.ts";
import type { Clock } from "../../src/core/clock.ts";
import { milliseconds } from "../../src/core/duration.ts";

/** Two pictures of the screen: a person sees no difference, and a busy tray costs the window half the work. */
const WINDOW = milliseconds(33);
/** News that the window takes in well within one picture, also when each draws a tile anew. */
const ONE_PICTURE = 24;
/** When much waits, this part of it goes at once: a flood is spread over a few pictures and never falls far behind. */
const PART = 1 / 4;

/** Numbers the news and sends them to the window in bundles, so that a busy tray costs it few messages. */
export class NewsOutlet {
  readonly #clock: Clock;
  readonly #send: (bundle: NewsBundle) => void;
  #newest = 0;
  #waiting: NewsBundle = [];

  constructor(clock: Clock, send: (bundle: NewsBundle) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Number of the newest news that was told; 0: none yet. */
  get newest(): number {
    return this.#newest;
  }

  tell(news: DesktopNews): void {
    this.#newest += 1;
    this.#waiting.push({ number: this.#newest, news });
    if (this.#waiting.length === 1) this.#clock.after(WINDOW, () => this.#flush());
  }

  #flush(): void {
    const size = Math.max(ONE_PICTURE, Math.ceil(this.#waiting.length * PART));
    const bundle = this.#waiting.slice(0, size);
    this.#waiting = this.#waiting.slice(size);
    if (this.#waiting.length > 0) this.#clock.after(WINDOW, () => this.#flush());
    this.#send(bundle);
  }
}
