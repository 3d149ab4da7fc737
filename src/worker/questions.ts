import type { Answer, Question } from "../contract/question.ts";
import { withLimit, type Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { errorOf } from "../core/error.ts";
import type { GivenAnswer } from "../run/ask-core.ts";

/** How long the core may take: a write to its disk and a signature, behind those of a whole tray. */
const ANSWER_LIMIT = seconds(30);

/** The questions of one run that wait for the core's answer. */
export class Questions {
  readonly #clock: Clock;
  readonly #send: (ask: number, question: Question) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(clock: Clock, send: (ask: number, question: Question) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** @throws StationError the core's reason when it refuses; run.answer-silent after 30 s; the signal's reason */
  async ask(question: Question, signal: AbortSignal): Promise<GivenAnswer> {
    const ask = ++this.#last;
    const onLimit = {
      code: "run.answer-silent",
      what: "the station core did not answer",
      facts: { question: question.kind },
    } as const;
    const answered = (): Promise<Answer> =>
      new Promise((resolve) => {
        this.#waiting.set(ask, resolve);
        this.#send(ask, question);
      });
    try {
      const answer = await withLimit(this.#clock, ANSWER_LIMIT, onLimit, answered, signal);
      if (answer.kind === "refused") throw errorOf(answer.error);
      return answer;
    } finally {
      this.#waiting.delete(ask);
    }
  }

  /** Takes an answer; one that nobody waits for any more is dropped. */
  take(ask: number, answer: Answer): void {
    this.#waiting.get(ask)?.(answer);
  }
}
