import { PortsSchema, type Port } from "../../src/contract/port.ts";
import { StationError } from "../../src/core/error.ts";

/** What is needed of the process: a helper of `startHelper`. */
export type PortsProcess = {
  /** @throws StationError desktop.helper; what the process reports */
  ask(message: unknown): Promise<unknown>;
  stop(): Promise<void>;
};

/**
 * The process that lists the ports. It is started when it is first wanted, and again after it died or did not answer: a
 * driver that hangs takes no more with it than one look.
 */
export class PortsHelper {
  readonly #start: () => PortsProcess;
  #helper: PortsProcess | undefined;
  #closed = false;

  /** @param start starts the process; with a limit on its answers */
  constructor(start: () => PortsProcess) {
    this.#start = start;
  }

  /** One at a time. @throws StationError link.listing-failed */
  async list(paths: readonly string[]): Promise<readonly Port[]> {
    if (this.#closed) throw new StationError("link.listing-failed", "the station is being closed");
    try {
      this.#helper ??= this.#start();
      return PortsSchema.parse(await this.#helper.ask({ paths: [...paths] }));
    } catch (cause) {
      if (cause instanceof StationError && cause.code === "link.listing-failed") throw cause;
      this.#drop();
      throw new StationError("link.listing-failed", "the process that lists the ports failed", {}, { cause });
    }
  }

  /** Ends the process; nothing is listed afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    const helper = this.#helper;
    this.#helper = undefined;
    await helper?.stop();
  }

  #drop(): void {
    void this.#helper?.stop().catch(() => undefined);
    this.#helper = undefined;
  }
}
