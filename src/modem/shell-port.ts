import type { Duration } from "../core/duration.ts";

/** Options of one shell line. */
export type ShellOptions = {
  /** How long to wait for the prompt; default 15 s. */
  readonly limit?: Duration;
  readonly signal?: AbortSignal;
};

/** A board's Zephyr shell that takes one line at a time. */
export interface ShellPort {
  /**
   * Types one line and waits for the next prompt.
   * @param line without line end; printable ASCII (quote arguments with `shellQuoted`)
   * @returns the lines that the shell printed, without echo, prompt, colours and log lines
   * @throws StationError at.* when no prompt came, at.wrong-mode when the port is not in shell mode, link.* when the link failed
   */
  run(line: string, options?: ShellOptions): Promise<readonly string[]>;
}
