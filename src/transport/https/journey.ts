import type { LimitError } from "../../core/clock.ts";
import type { Facts } from "../../core/fact.ts";

/** How far a request has come; named in errors. */
export type Step = "name lookup" | "connect" | "proxy" | "TLS" | "request" | "answer";

/** The step that a request is in, and whom it talks to; what errors tell of it. */
export class Journey {
  readonly host: string;
  readonly port: number;
  readonly #onStep: ((step: Step) => void) | undefined;
  #step: Step = "name lookup";
  /** Host and port of the proxy while it is being reached. */
  via: { readonly host: string; readonly port: number } | undefined;

  /** @param onStep told of each step as it begins, the first aside */
  constructor(host: string, port: number, onStep?: (step: Step) => void) {
    this.host = host;
    this.port = port;
    this.#onStep = onStep;
  }

  get step(): Step {
    return this.#step;
  }

  set step(step: Step) {
    if (step === this.#step) return;
    this.#step = step;
    this.#onStep?.(step);
  }

  /** Host, port and step, and the proxy's host and port where the request goes through one. */
  facts(more: Facts = {}): Facts {
    const proxy = this.via === undefined ? {} : { proxy: this.via.host, proxyPort: this.via.port };
    return { host: this.host, port: this.port, ...proxy, step: this.step, ...more };
  }

  /** The error of a limit that passes on the way; its step is the one at that moment. */
  timeout(): LimitError {
    const here = (): Facts => this.facts();
    return {
      code: "transport.timeout",
      what: "the service did not answer in time",
      get facts() {
        return here();
      },
    };
  }
}
