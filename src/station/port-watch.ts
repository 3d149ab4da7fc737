import { portChanges, type Port } from "../contract/port.ts";
import type { PortsTelling } from "../contract/desktop-ports.ts";
import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import { reportOf } from "../core/error.ts";

export type PortWatchParts = {
  /** Lists the ports, and of `paths` those that are there; with a limit of its own. @throws StationError */
  readonly list: (paths: readonly string[]) => Promise<readonly Port[]>;
  /** Paths that the fixture names by themselves. */
  readonly paths: () => readonly string[];
  readonly clock: Clock;
  /** Between the end of a look and the next one. */
  readonly pause: Duration;
  /** Longest pause, after looks that failed. */
  readonly longestPause: Duration;
};

/** Told of each look that shows something else than the one before, and of the first one. */
export type PortsListener = (telling: PortsTelling) => void;

/**
 * The ports of this computer, looked at again and again as long as somebody listens: systems tell nothing of what is plugged
 * in. A look that fails changes nothing but the fault; the pause then grows.
 */
export class PortWatch {
  readonly #parts: PortWatchParts;
  readonly #listeners = new Set<PortsListener>();
  #telling: PortsTelling | undefined;
  #looking: Promise<PortsTelling> | undefined;
  #cancel: (() => void) | undefined;
  #failures = 0;

  constructor(parts: PortWatchParts) {
    this.#parts = parts;
  }

  /** What the last look showed; undefined before the first. */
  get last(): PortsTelling | undefined {
    return this.#telling;
  }

  /** Listens from now on; a look follows at once. The answer ends it. */
  watch(listener: PortsListener): () => void {
    this.#listeners.add(listener);
    void this.look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#rest();
    };
  }

  /** Looks now; looks that overlap are one. Never rejects: a look that fails tells the fault. */
  look(): Promise<PortsTelling> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Ends all looking. */
  close(): void {
    this.#listeners.clear();
    this.#rest();
  }

  async #look(): Promise<PortsTelling> {
    this.#rest();
    const before = this.#telling;
    const telling = await this.#list(before);
    this.#telling = telling;
    if (differs(before, telling)) for (const listener of [...this.#listeners]) listener(telling);
    if (this.#listeners.size > 0) this.#cancel = this.#parts.clock.after(this.#pause(), () => void this.look());
    return telling;
  }

  async #list(before: PortsTelling | undefined): Promise<PortsTelling> {
    try {
      const ports = [...(await this.#parts.list(this.#parts.paths()))];
      this.#failures = 0;
      return { ports };
    } catch (error) {
      this.#failures += 1;
      return { ports: before?.ports ?? [], fault: reportOf(error) };
    }
  }

  #pause(): Duration {
    const { pause, longestPause } = this.#parts;
    return Math.min(longestPause, pause * 2 ** Math.min(this.#failures, 10)) as Duration;
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

function differs(before: PortsTelling | undefined, after: PortsTelling): boolean {
  if (before === undefined || before.fault?.code !== after.fault?.code) return true;
  const { appeared, vanished } = portChanges(before.ports, after.ports);
  if (appeared.length > 0 || vanished.length > 0) return true;
  // Names that came later count too: a slot may be found by one.
  return JSON.stringify(before.ports) !== JSON.stringify(after.ports);
}
