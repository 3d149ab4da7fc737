import { abortReason } from "../core/clock.ts";
import { inSeconds, seconds } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { ApiResult } from "./api-result.ts";
import { outcomeOf } from "./attempt.ts";
import { PC_CLOCK, type ClientPorts } from "./client-ports.ts";
import type { EventCallback } from "./events.ts";
import { INTERVAL_KEY } from "./library-settings.ts";
import { LONGEST_INTERVAL, type ProvisioningOptions } from "./options.ts";
import { installRootCa, type CaInstallation } from "./root-ca.ts";
import { askForDelay, decideAfterRun, decideStep, noteNetwork } from "./schedule.ts";
import { failed, type SessionOutcome, type SessionResult } from "./session-result.ts";
import { emptyTally } from "./session-support.ts";
import { UnitRunner } from "./unit-runner.ts";
import { WorkQueue, type Drive, type WorkItem } from "./work-queue.ts";

/**
 * The provisioning client of one unit (protocol.md 2): either `init` and then runs by trigger, at start or by schedule
 * on its own work queue, or single runs by `runOnce`. Close it in the end.
 */
export class ProvisioningClient {
  readonly #ports: ClientPorts;
  readonly #options: ProvisioningOptions;
  readonly #runner: UnitRunner;
  readonly #queue: WorkQueue;
  readonly #stop = new AbortController();
  readonly #stepWork: WorkItem = { name: "provision", run: () => this.#perform() };
  #callback: EventCallback | undefined;
  /** Whether the store is open and network events are listened to: from the first work item on. */
  #ready = false;
  #running = false;

  /** @param drive `steps` lets the caller perform due work with {@link ProvisioningClient.step} */
  constructor(ports: ClientPorts, options: ProvisioningOptions, drive: Drive = "clock") {
    this.#ports = ports;
    this.#options = options;
    this.#runner = new UnitRunner(ports, options);
    this.#queue = new WorkQueue(ports.clock, drive, (error) => this.#runner.mishap(error));
  }

  /** Starts the client; what the options ask for happens on its queue. EINVAL without callback, EALREADY when started. */
  init(callback: EventCallback | undefined): ApiResult {
    if (callback === undefined) return "EINVAL";
    if (this.#callback !== undefined) return "EALREADY";
    this.#callback = callback;
    this.#queue.schedule({ name: "init", run: () => this.#initialise(callback) }, seconds(0));
    return 0;
  }

  /** Lets a run start at once, a pending one pulled forward. EFAULT before `init`. */
  triggerManually(): ApiResult {
    if (this.#callback === undefined) return "EFAULT";
    this.#stepAfter(0);
    return 0;
  }

  /**
   * Changes the interval, stores it and schedules anew; the same interval changes nothing; 0 means the option's.
   * @param interval whole seconds; by default at most one year, strict takes what a C int holds
   * @returns 0, EFAULT before `init`, EINVAL, ENOTSUP without scheduling, ENOSTR when it cannot be stored
   */
  async setInterval(interval: number): Promise<ApiResult> {
    if (this.#callback === undefined) return "EFAULT";
    const strict = this.#options.compatibility === "strict";
    const value = strict ? interval | 0 : interval;
    if (!Number.isSafeInteger(value) || value < 0) return "EINVAL";
    if (!this.#options.scheduled) return "ENOTSUP";
    if (!strict && value > inSeconds(LONGEST_INTERVAL)) return "EINVAL";
    if (this.#runner.schedule.interval === BigInt(value)) return 0;
    this.#runner.schedule = { ...this.#runner.schedule, interval: BigInt(value) };
    if (!(await this.#runner.store(INTERVAL_KEY, String(value), this.#stop.signal))) return "ENOSTR";
    this.#runner.schedule = askForDelay(this.#runner.schedule);
    this.#stepAfter(0);
    return 0;
  }

  /** Tells the client of a network event of the modem (protocol.md 2.5); without any it counts as connected. */
  notifyNetwork(up: boolean): void {
    if (!this.#ready) return;
    const { state, next } = noteNetwork(this.#runner.schedule, this.#options, up);
    this.#runner.schedule = state;
    if (next) this.#stepAfter(0);
  }

  /**
   * What happens when the modem library starts: the service's CA is written to its tag when nothing is there.
   * @throws StationError provisioning.ca-not-installed, at.*, link.*
   */
  installRootCa(signal?: AbortSignal): Promise<CaInstallation> {
    return installRootCa(this.#ports.modem, this.#options, undefined, signal);
  }

  /**
   * One run now, from START to STOP, without queue or schedule; `init` is not needed. It never throws: a stop by the
   * signal, a store that does not open (FATAL_ERROR) and a run under way already are outcomes too.
   */
  async runOnce(callback: EventCallback, signal?: AbortSignal): Promise<SessionOutcome> {
    if (this.#running) return this.#without(new StationError("provisioning.client-busy", "a run is under way already"));
    this.#running = true;
    const both = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    try {
      if (both.aborted) return this.#without(asStationError(abortReason(both)));
      const unusable = await this.#openStore(callback);
      if (unusable !== undefined) return this.#without(unusable);
      await this.#runner.loadSettings(both);
      return await this.#runner.attempt(callback, () => undefined, both);
    } finally {
      this.#running = false;
    }
  }

  /** When the next work is due, in ms on the monotonic clock; undefined when nothing is pending. */
  get nextDue(): number | undefined {
    return this.#queue.nextDue;
  }

  /** Performs the next due work (drive `steps`); false when nothing is due. */
  step(): Promise<boolean> {
    return this.#queue.runNext();
  }

  /** Id of the command executed last; empty when none was. */
  get latestId(): string {
    return this.#runner.latestId;
  }

  /** Stops the run under way, forgets what is scheduled, and closes what is open. */
  async close(): Promise<void> {
    this.#stop.abort(new StationError("station.closing", "the provisioning client was closed"));
    await this.#queue.close();
    await this.#runner.close();
  }

  async #initialise(callback: EventCallback): Promise<void> {
    if ((await this.#openStore(callback)) !== undefined || !this.#options.autoStartOnInit) return;
    this.#runner.schedule = askForDelay(this.#runner.schedule);
    this.#stepAfter(0);
  }

  async #openStore(callback: EventCallback): Promise<StationError | undefined> {
    const error = await this.#runner.openStore(this.#stop.signal);
    if (error === undefined) this.#ready = true;
    else void this.#runner.raise(callback, { type: "FATAL_ERROR", error });
    return error;
  }

  /** One step of the scheduler, or a run (protocol.md 2.4). */
  async #perform(): Promise<void> {
    const callback = this.#callback;
    if (callback === undefined || this.#running) return;
    if (this.#ready) await this.#runner.loadSettings(this.#stop.signal);
    const clock = (this.#ports.hostClock ?? PC_CLOCK).read();
    const { state, next } = decideStep(this.#runner.schedule, this.#options, clock, this.#random());
    this.#runner.schedule = state;
    switch (next.kind) {
      case "announce":
        void this.#runner.raise(callback, { type: "SCHEDULED_PROVISIONING", seconds: next.seconds });
        this.#stepAfter(next.seconds);
        break;
      case "backoff":
        this.#stepAfter(next.seconds);
        break;
      case "fatal":
        void this.#runner.raise(callback, { type: "FATAL_ERROR", error: scheduleBroken(clock) });
        break;
      case "run":
        await this.#run(callback);
        break;
    }
  }

  async #run(callback: EventCallback): Promise<void> {
    this.#running = true;
    try {
      await this.#runner.attempt(callback, (result) => this.#scheduleAfter(result), this.#stop.signal);
    } finally {
      this.#running = false;
    }
  }

  #scheduleAfter(result: SessionResult): void {
    const { state, next } = decideAfterRun(this.#runner.schedule, this.#options, result);
    this.#runner.schedule = state;
    if (next.kind === "step") this.#stepAfter(0);
    if (next.kind === "backoff") this.#stepAfter(next.seconds);
  }

  #stepAfter(delay: number): void {
    this.#queue.schedule(this.#stepWork, seconds(delay));
  }

  #random(): number {
    const random = this.#ports.random?.() ?? Math.floor(Math.random() * 2 ** 31);
    return Math.abs(Math.trunc(random));
  }

  #without(error: StationError): SessionOutcome {
    return outcomeOf(failed("EIO", error), emptyTally(), this.latestId);
  }
}

function scheduleBroken(clock: "known" | "unavailable" | "failed"): StationError {
  const what =
    clock === "failed" ? "the host's clock cannot be read" : "the interval is beyond what the library counts";
  return new StationError("provisioning.host-clock-failed", what);
}
