import type { LimitError } from "../../core/clock.ts";
import type { Facts } from "../../core/fact.ts";

/** How far a request has come; named in errors. */
export type Step = "name lookup" | "connect" | "proxy" | "TLS" | "request" | "answer";

/** The step that a request is in, and whom it talks to; what errors tell of it. */
export class Journey {
  readonly host: string;
  readonly port: number;
  step: Step = "name lookup";
  /** Host and port of the proxy while it is being reached. */
  via: { readonly host: string; readonly port: number } | undefined;

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
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
