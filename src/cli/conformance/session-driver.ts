import { milliseconds, seconds, type Duration } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import { apiNumber } from "../../provisioning/api-result.ts";
import { ProvisioningClient } from "../../provisioning/client.ts";
import type { Scenario, ScenarioStep, TimelineEntry } from "./session-scenario.ts";
import { SessionWorld, type TraceEntry } from "./session-world.ts";

/** The most work items of one scenario. */
const WORK_LIMIT = 20_000;

/**
 * Plays a scenario with the real client in virtual time and answers the trace, its end included.
 * @throws StationError file.invalid when the scenario does not come to an end
 */
export async function playScenario(scenario: Scenario): Promise<readonly TraceEntry[]> {
  const driver = new SessionDriver(scenario);
  try {
    for (const step of scenario.steps) await driver.perform(step);
    return driver.finish();
  } finally {
    await driver.close();
  }
}

class SessionDriver {
  readonly #world: SessionWorld;
  readonly #client: ProvisioningClient;
  #work = 0;

  constructor(scenario: Scenario) {
    const world = new SessionWorld(scenario);
    this.#world = world;
    const { modem, clock, http, coap, hostClock } = world;
    const random = (): number => scenario.rand;
    const ports = { modem, clock, settings: world.store, http, coap, hostClock, random };
    this.#client = new ProvisioningClient(ports, scenario.options, "steps");
    world.onNetwork = (up) => this.#client.notifyNetwork(up);
    for (const entry of scenario.timeline) clock.after(seconds(entry.at), () => this.#happen(entry));
  }

  async perform(step: ScenarioStep): Promise<void> {
    switch (step.kind) {
      case "init":
        this.#init(step.callback);
        break;
      case "modeminit":
        await this.#client.installRootCa().catch(() => undefined);
        this.#init(true);
        break;
      case "trigger":
        this.#world.record("api", { call: "trigger", ret: apiNumber(this.#client.triggerManually()) });
        break;
      case "interval":
        await this.#setInterval(step.value);
        break;
      case "net":
        this.#client.notifyNetwork(step.up);
        break;
      case "run":
        await this.#run(step.count);
        break;
      case "wait":
        await this.#wait(step.seconds);
        break;
    }
  }

  finish(): readonly TraceEntry[] {
    const due = this.#client.nextDue;
    const settings = Object.fromEntries(this.#world.settings.entries());
    const trace = [...this.#world.trace];
    return [...trace, { t: this.#world.now, k: "end", nextDue: due === undefined ? null : due / 1000, settings }];
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #init(callback: boolean): void {
    const result = this.#client.init(callback ? (event) => this.#world.take(event) : undefined);
    this.#world.record("api", { call: "init", ret: apiNumber(result) });
  }

  async #setInterval(value: number): Promise<void> {
    const ret = apiNumber(await this.#client.setInterval(value));
    this.#world.record("api", { call: "set_interval", arg: value, ret });
  }

  /** The next `count` due items, time jumping to each. */
  async #run(count: number): Promise<void> {
    for (let done = 0; done < count; done++) {
      const due = await this.#reachNextDue(Number.POSITIVE_INFINITY);
      if (!due) return;
      await this.#performWork();
    }
  }

  /** Everything that is due within a time. */
  async #wait(length: number): Promise<void> {
    const end = this.#world.clock.monotonic() + length * 1000;
    while (await this.#reachNextDue(end)) await this.#performWork();
    await this.#advanceTo(end);
  }

  /** Moves time to the next due item; false when there is none up to `end`. What happens on the way may change it. */
  async #reachNextDue(end: number): Promise<boolean> {
    const { clock } = this.#world;
    for (;;) {
      await quiet();
      const due = this.#client.nextDue;
      if (due === undefined || due > end) return false;
      if (due <= clock.monotonic()) return true;
      await clock.advance(this.#untilNext(due - clock.monotonic()));
    }
  }

  async #advanceTo(end: number): Promise<void> {
    const { clock } = this.#world;
    if (end > clock.monotonic()) await clock.advance(milliseconds(end - clock.monotonic()));
  }

  #untilNext(most: number): Duration {
    return milliseconds(Math.min(most, this.#world.clock.untilNext() ?? most));
  }

  /** One item to its end; the clock moves only when nothing can happen without it. */
  async #performWork(): Promise<void> {
    if (++this.#work > WORK_LIMIT) throw endless("work items", WORK_LIMIT);
    const { clock } = this.#world;
    const state = { done: false };
    const work = this.#client.step().finally(() => {
      state.done = true;
    });
    for (;;) {
      await quiet();
      if (state.done) break;
      const next = clock.untilNext();
      if (next === undefined) throw endless("a wait without an end", 0);
      await clock.advance(next);
    }
    await work;
  }

  #happen(entry: TimelineEntry): void {
    switch (entry.kind) {
      case "cfun":
        this.#world.setMode(entry.mode);
        break;
      case "net":
        this.#client.notifyNetwork(entry.up);
        break;
      case "put":
        void this.#world.settings.write(entry.key, entry.value);
        break;
    }
  }
}

/** Lets everything happen that needs no time: promises settle before the next turn of the event loop. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function endless(what: string, limit: number): StationError {
  return new StationError("file.invalid", "the scenario does not come to an end", { what, limit });
}
