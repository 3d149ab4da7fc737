/** What stands between a person and the end of the application. */
export type CloseParts = {
  /** Whether runs are active. */
  readonly busy: () => boolean;
  /** Asks whether to stop the runs and close. */
  readonly confirm: () => Promise<boolean>;
  /** Closes everything in order, then ends the application. Called once. */
  readonly shutDown: () => Promise<void>;
};

type Phase = "open" | "asking" | "closing";

/** Lets the application end only in order: asks while runs are active, then shuts down once, whoever wants it how often. */
export class CloseGuard {
  readonly #parts: CloseParts;
  #phase: Phase = "open";

  constructor(parts: CloseParts) {
    this.#parts = parts;
  }

  /** A person wants to close. Resolves when it is decided: after a no, or when everything is closed. */
  async request(): Promise<void> {
    if (this.#phase !== "open") return;
    if (this.#parts.busy()) {
      this.#phase = "asking";
      const yes = await this.#parts.confirm().catch(() => false);
      if (!yes) {
        this.#reopen();
        return;
      }
    }
    await this.force();
  }

  /** After a no; the system may have forced the end while the person was asked. */
  #reopen(): void {
    if (this.#phase === "asking") this.#phase = "open";
  }

  /** The system ends the application (signal, logout): nobody is asked. */
  async force(): Promise<void> {
    if (this.#phase === "closing") return;
    this.#phase = "closing";
    await this.#parts.shutDown();
  }
}
