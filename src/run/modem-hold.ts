import { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { readFunctionalMode } from "../modem/commands/functional-mode.ts";
import { echoOff, readErrorReports, setErrorReports } from "../modem/commands/session.ts";
import type { ModemOpener, OpenModem } from "./modem-opener.ts";

/** How the modem was found, to be restored in the end. */
export type FoundState = { readonly mode: number; readonly errorReports: 0 | 1; readonly echo: boolean };

/** The modem of a run from its opening to its release: the open line, and how the modem was found. */
export class ModemHold {
  readonly #opener: ModemOpener;
  #modem: OpenModem | undefined;
  #found: FoundState | undefined;
  #deaf = false;

  constructor(opener: ModemOpener) {
    this.#opener = opener;
  }

  /** How the modem was found; undefined before {@link ModemHold.settle} has read it. */
  get found(): FoundState | undefined {
    return this.#found;
  }

  /** Whether the line opened and the modem on it did not answer. */
  get deaf(): boolean {
    return this.#deaf;
  }

  /** The open modem. @throws StationError link.closed when it is not open */
  get modem(): OpenModem {
    if (this.#modem !== undefined) return this.#modem;
    throw new StationError("link.closed", "the slot's port is not open");
  }

  get isOpen(): boolean {
    return this.#modem !== undefined;
  }

  /** Opens the modem; an open one is closed first. @throws StationError link.*, at.* */
  async open(signal?: AbortSignal): Promise<OpenModem> {
    await this.close();
    try {
      this.#modem = await this.#opener.open(signal);
      return this.#modem;
    } catch (error) {
      this.#deaf = error instanceof StationError && error.code.startsWith("at.");
      throw error;
    }
  }

  /**
   * Keeps how the modem was found, the first time, then brings the session into the form that the run needs.
   * @param port the open modem as the phase may use it
   * @throws StationError at.*, link.*
   */
  async settle(port: AtPort): Promise<void> {
    const mode = await readFunctionalMode(port);
    const errorReports = await readErrorReports(port);
    this.#found ??= { mode, errorReports, echo: this.modem.echoed };
    await echoOff(port);
    if (errorReports === 0) await setErrorReports(port, 1);
  }

  /** Closes the line; harmless when repeated. */
  async close(): Promise<void> {
    const modem = this.#modem;
    this.#modem = undefined;
    await modem?.close();
  }
}
