import { playScenario } from "../../src/cli/conformance/session-driver.ts";
import { scenarioOf, type Scenario } from "../../src/cli/conformance/session-scenario.ts";
import { SessionWorld, type TraceEntry } from "../../src/cli/conformance/session-world.ts";
import fc from "fast-check";
import { milliseconds, seconds, type Duration } from "../../src/core/duration.ts";
import type { VirtualClock } from "../../src/core/virtual-clock.ts";
import type { ClientPorts } from "../../src/provisioning/client-ports.ts";
import { ProvisioningClient } from "../../src/provisioning/client.ts";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command } from "../../src/provisioning/command.ts";
import type { ProvisioningEvent } from "../../src/provisioning/events.ts";
import { provisioningOptions, type OptionChanges } from "../../src/provisioning/options.ts";
import type { SessionOutcome } from "../../src/provisioning/session-result.ts";

/** A scenario as the vectors write it (vectors/README.md); variant http_manual and no steps unless given. */
export type Script = Readonly<Record<string, unknown>>;

/** The scenario of a script, with options changed. */
export function scenarioFrom(script: Script, changes: OptionChanges = {}): Scenario {
  const base = scenarioOf({ scenario: { variant: "http_manual", steps: [], ...script } });
  return { ...base, options: provisioningOptions(changes, base.options) };
}

/** Plays a scenario and answers its events with seconds and times: `START@0`, `SCHEDULED_PROVISIONING 60@1`. */
export async function playedEvents(script: Script, changes: OptionChanges = {}): Promise<readonly string[]> {
  return eventsIn(await playScenario(scenarioFrom(script, changes)));
}

/** The events of a trace. */
export function eventsIn(trace: readonly TraceEntry[]): readonly string[] {
  return trace
    .filter(({ k }) => k === "event")
    .map(({ t, event, seconds }) => `${String(event)}${typeof seconds === "number" ? ` ${seconds}` : ""}@${t}`);
}

/** The values of one field among the entries of a kind. */
export function fieldIn(trace: readonly TraceEntry[], kind: string, field: string): readonly unknown[] {
  return trace.filter(({ k }) => k === kind).map((entry) => entry[field]);
}

/** The hex digits of a command list. */
export function listHex(...commands: readonly Command[]): string {
  return Buffer.from(encodeCommandList(commands)).toString("hex");
}

/** One command list with a FINISHED of this id. */
export function finishedHex(id = "9685ef84-8cac-4257-b5cc-94bc416a1c1d.f"): string {
  return listHex({ kind: "finished", id });
}

/** Options of a station on a line, in default compatibility, as most specs use them. */
export const LINE: OptionChanges = { compatibility: "default", onlineSettle: seconds(0) };

/** A client with its scripted surroundings, for single runs. */
export class OneShotRig {
  readonly world: SessionWorld;
  readonly client: ProvisioningClient;
  readonly events: ProvisioningEvent[] = [];

  constructor(script: Script, changes: OptionChanges = LINE, ports: Partial<ClientPorts> = {}) {
    const scenario = scenarioFrom(script, changes);
    const world = new SessionWorld(scenario);
    const { modem, clock, http, coap, hostClock } = world;
    this.world = world;
    const own = { modem, clock, settings: world.store, http, coap, hostClock, random: () => scenario.rand };
    this.client = new ProvisioningClient({ ...own, ...ports }, scenario.options, "steps");
    world.onNetwork = (up) => this.client.notifyNetwork(up);
  }

  /** One run to its end, time passing as fast as nothing else happens. */
  run(signal?: AbortSignal): Promise<SessionOutcome> {
    const take = (event: ProvisioningEvent): void => {
      this.events.push(event);
      this.world.take(event);
    };
    return elapse(this.world.clock, this.client.runOnce(take, signal));
  }

  /** The events as names. */
  get names(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  /** What was sent to the modem. */
  get commands(): readonly unknown[] {
    return fieldIn(this.world.trace, "at", "cmd");
  }

  /** The HTTP requests. */
  get requests(): readonly string[] {
    return fieldIn(this.world.trace, "http", "request").map(String);
  }
}

/** Waits for a promise while virtual time passes; only as much as is needed. */
export async function elapse<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < 100_000; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (state.settled) return promise;
    const next = clock.untilNext();
    if (next === undefined) throw new TypeError("the promise waits for something that never happens");
    await clock.advance(next);
  }
  throw new TypeError("the promise does not settle");
}

/** Lets virtual time pass, everything that it brings about included. */
export async function pass(clock: VirtualClock, duration: Duration): Promise<void> {
  const end = clock.monotonic() + duration;
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const left = end - clock.monotonic();
    const next = clock.untilNext();
    if (next === undefined || next > left) {
      await clock.advance(milliseconds(left));
      return;
    }
    await clock.advance(next);
  }
}

/** Any text, lone surrogates and control characters included. */
export const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) });
