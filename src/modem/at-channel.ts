import { abortReason, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { AtLink } from "./at-link.ts";
import type { AtOptions, AtPort, AtReply } from "./at-port.ts";
import type { BoardNotice, NoticeBoard } from "./board-notice.ts";
import { limitFor } from "./command-limits.ts";
import { AtJob, ShellJob, type Job } from "./jobs.ts";
import { ModemWire } from "./modem-wire.ts";
import { drain, QUIET_AT_FIRST, resync } from "./resync.ts";
import type { ShellOptions, ShellPort } from "./shell-port.ts";
import { checkCommand, typedCommand, type AtMode, type LineEnding } from "./typed-text.ts";
import { WorkQueue } from "./work-queue.ts";

/** One exchange as it went, for logs; redact it before it is kept (redaction.ts). */
export type AtExchange = {
  readonly command: string;
  readonly took: Duration;
  readonly result: AtReply | StationError;
};

/** Options of an {@link AtChannel}. */
export type AtChannelOptions = {
  readonly clock: Clock;
  /** Default `at`; `probeMode` (probe.ts) finds it out. */
  readonly mode?: AtMode;
  /** Default `crlf`. */
  readonly lineEnding?: LineEnding;
  /** The limit of each command; default: the table of command-limits.ts. */
  readonly limits?: (command: string) => Duration;
  /** Called after every command, in order. */
  readonly observe?: (exchange: AtExchange) => void;
};

const SHELL_LIMIT = seconds(15);

/**
 * One modem behind a link: commands one at a time, answers told from notifications, and nothing of an old command in the
 * answer of the next: after a timeout, the next command waits until the wire is back in step (resync.ts).
 */
export class AtChannel implements AtPort, ShellPort, NoticeBoard {
  readonly #options: AtChannelOptions;
  readonly #clock: Clock;
  readonly #wire: ModemWire;
  readonly #queue = new WorkQueue();
  readonly #watchers = new Set<(notice: BoardNotice) => void>();
  #mode: AtMode;
  /** An answer may still be on its way. */
  #stale = false;
  #resyncing = false;
  /** The modem has answered once: from here on, signs of a start are a restart. */
  #answered = false;
  /** A restart that no command in flight was told. */
  #rebooted = false;

  constructor(link: AtLink, options: AtChannelOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#mode = options.mode ?? "at";
    this.#wire = new ModemWire(link, options.clock, options.lineEnding ?? "crlf", {
      onUnsolicited: (line) => this.#notify({ kind: "notification", line }),
      onLog: (line) => this.#notify({ kind: "log", line }),
      onBoot: () => this.#onBoot(),
      onLost: (error) => this.#notify({ kind: "lost", error }),
    });
  }

  /** The port's name, as the link gives it. */
  get name(): string {
    return this.#wire.name;
  }

  /** How the port takes AT commands. */
  get mode(): AtMode {
    return this.#mode;
  }

  watch(listener: (notice: BoardNotice) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  async send(command: string, options: AtOptions = {}): Promise<AtReply> {
    checkCommand(command);
    const limit = options.limit ?? (this.#options.limits ?? limitFor)(command);
    return this.#queue.add(async () => {
      await this.#ready(options.signal);
      return this.#observed(command, limit);
    }, options.signal);
  }

  async run(line: string, options: ShellOptions = {}): Promise<readonly string[]> {
    const command = line.split(" ").slice(0, 2).join(" ");
    if (!/^[\u0020-\u007e]{1,8192}$/.test(line))
      throw new StationError("at.bad-command", "a shell line is printable ASCII, 1 to 8192 characters", { command });
    return this.#queue.add(async () => {
      if (this.#mode !== "shell") throw new StationError("at.wrong-mode", "the port has no shell", { command });
      await this.#ready(options.signal);
      return this.#perform(new ShellJob(line, this.#clock), line, options.limit ?? SHELL_LIMIT);
    }, options.signal);
  }

  /** Types an empty line, which ends whatever was half typed before, and lets its answer pass by. @throws StationError link.* */
  wake(signal?: AbortSignal): Promise<void> {
    return this.#queue.add(async () => {
      await this.#wire.type("");
      await drain(this.#wire, this.#clock, QUIET_AT_FIRST);
    }, signal);
  }

  /**
   * Sends one command in `mode`, which the channel keeps, without waiting for the wire to be in step; for finding the mode
   * out (probe.ts).
   * @throws StationError as {@link AtPort.send}
   */
  attempt(mode: AtMode, command: string, limit: Duration, signal?: AbortSignal): Promise<AtReply> {
    return this.#queue.add(async () => {
      this.#mode = mode;
      if (this.#stale) await drain(this.#wire, this.#clock);
      return this.#transact(command, limit);
    }, signal);
  }

  /** Closes the link; pending commands fail with link.closed. Harmless when repeated. */
  close(): Promise<void> {
    return this.#wire.close();
  }

  async #observed(command: string, limit: Duration): Promise<AtReply> {
    const started = this.#clock.monotonic();
    const report = (result: AtReply | StationError): void => {
      const took = milliseconds(this.#clock.monotonic() - started);
      this.#options.observe?.({ command, took, result });
    };
    try {
      const reply = await this.#transact(command, limit);
      report(reply);
      return reply;
    } catch (error) {
      report(asStationError(error));
      throw error;
    }
  }

  /** Waits until the next answer can only be the next command's. */
  async #ready(signal: AbortSignal | undefined): Promise<void> {
    this.#wire.refuseIfLost();
    if (this.#stale) await this.#resync();
    if (signal?.aborted === true) throw abortReason(signal);
    if (!this.#rebooted) return;
    this.#rebooted = false;
    throw new StationError("at.rebooted", "the board restarted between two commands", { port: this.name });
  }

  async #resync(): Promise<void> {
    this.#resyncing = true;
    try {
      await resync(this.#wire, this.#clock, this.#mode);
      this.#stale = false;
    } finally {
      this.#resyncing = false;
    }
  }

  async #transact(command: string, limit: Duration): Promise<AtReply> {
    const typed = typedCommand(command, this.#mode);
    const reply = await this.#perform(new AtJob(command, typed), typed, limit);
    this.#answered = true;
    if (/^ATE[01]$/i.test(command) && reply.final.kind === "ok" && this.#mode === "at")
      this.#wire.echoes = command.endsWith("1");
    return reply;
  }

  async #perform<T>(job: Job<T>, typed: string, limit: Duration): Promise<T> {
    try {
      if (this.#mode === "shell") await this.#wire.awaitPrompt();
      return await this.#wire.perform(job, typed, limit);
    } catch (error) {
      if (!isRefusal(error)) this.#stale = true;
      throw error;
    }
  }

  #notify(notice: BoardNotice): void {
    for (const watcher of this.#watchers) watcher(notice);
  }

  #onBoot(): void {
    if (!this.#answered) return;
    this.#notify({ kind: "restart" });
    this.#stale = true;
    this.#wire.echoes = true;
    if (this.#wire.busy && !this.#resyncing) this.#wire.failByBoot();
    else this.#rebooted = true;
  }
}

/** The shell said no: the wire is in step all the same. */
function isRefusal(error: unknown): boolean {
  const { code } = asStationError(error);
  return code === "at.wrong-mode" || code === "at.shell-failed";
}
