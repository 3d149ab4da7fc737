import type { OwnerClient } from "../cloud/owner-client.ts";
import type { CommandState } from "../cloud/owner-answer.ts";
import type { OwnerCommand } from "../cloud/owner-command.ts";
import { Backoff } from "../core/backoff.ts";
import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { codeEntry } from "../core/error-codes.ts";
import { asStationError, StationError } from "../core/error.ts";
import { lasting, quantity } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { Journal } from "./journal.ts";
import { ownerDeed } from "./owner-deed.ts";
import type { QueueMark } from "./queue-mark.ts";
import { nextPortion } from "./queue-portion.ts";

/** What a command queue takes. */
export type CommandQueueParts = {
  readonly owner: OwnerClient;
  readonly uuid: DeviceUuid;
  readonly commands: readonly OwnerCommand[];
  readonly mark: QueueMark;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Makes a command whole that needs what the unit answered to an earlier one. */
  readonly complete?: (command: OwnerCommand, queue: CommandQueue, signal: AbortSignal) => Promise<OwnerCommand>;
};

/** A command in the unit's queue: its id there, and its kind by the owner API's name. */
type Queued = { readonly id: string; readonly kind: string };

/** A command that was queued, its place in the recipe from 1 on, and what became of it so far. */
export type QueuedResult = {
  readonly kind: string;
  readonly place: number;
  readonly state: CommandState;
};

/** Commands whose answer holds a token that a list of states leaves out. */
const MAKE_KEYS: readonly string[] = [
  ...["certificateSigningRequest", "cloudAccessKeyGeneration"],
  ...["clientPrivateKeyGeneration", "endorsementKeyGeneration"],
];

/** How long the owner's side may take to show a result that was reported. */
const RESULT_LIMIT: Duration = seconds(30);
/** How often a portion is gone on with after an answer was lost. */
const QUEUE_TRIES = 3;
const FIRST_PAUSE = milliseconds(100);
const LONGEST_PAUSE = seconds(2);

/**
 * The recipe's commands on their way into the unit's queue at the service, in portions that fit it (peers.md 4.1), and their
 * results as the owner's side sees them.
 */
export class CommandQueue {
  readonly #parts: CommandQueueParts;
  #next = 0;
  #queued: readonly Queued[] = [];
  /** A portion broke off, so that one of its commands may be queued without the station knowing its id. */
  #brokeOff = false;
  readonly #final = new Map<string, string>();
  #finalTold = 0;

  constructor(parts: CommandQueueParts) {
    this.#parts = parts;
  }

  /** Whether every command has been queued. */
  get isDone(): boolean {
    return this.#next >= this.#parts.commands.length;
  }

  /** Begins anew with the first command; whatever was queued before is gone. */
  restart(): void {
    this.#next = 0;
    this.#queued = [];
    this.#brokeOff = false;
    this.#final.clear();
    this.#finalTold = 0;
  }

  /** Takes commands that the service has queued by itself, to follow them to their results. */
  adopt(commands: readonly CommandState[]): void {
    this.#queued = commands.map(({ id, kind = "" }) => ({ id, kind }));
  }

  /**
   * Queues the next portion in order, announced before the first request. After a portion that broke off, the service is
   * asked first which of its commands it has taken: none is queued twice.
   * @throws StationError cloud.*, transport.*, run.store-silent
   */
  async fill(signal: AbortSignal): Promise<void> {
    const { commands, mark, journal } = this.#parts;
    const portion = await this.#whole(nextPortion(commands, this.#next), signal);
    if (portion.length === 0) return;
    const first = this.#next + 1;
    const before = this.#queued.length;
    const ids = (): string[] => this.#queued.slice(before).map(({ id }) => id);
    const kinds = portion.map(({ kind }) => kind);
    await ownerDeed(
      journal,
      {
        announced: { type: "queue.announced", act: "queue", first, commands: kinds, mark: mark.text },
        work: () => this.#queueAll(portion, signal),
        done: () => ({ type: "queue.concluded", act: "queue", result: "done", ids: ids() }),
        failed: (result) => ({ type: "queue.concluded", act: "queue", result, ids: ids() }),
      },
      signal,
    );
  }

  /** Goes on a few times where an answer was lost. */
  async #queueAll(portion: readonly OwnerCommand[], signal: AbortSignal): Promise<void> {
    const end = this.#next + portion.length;
    for (let tries = 1; this.#next < end; tries++) {
      try {
        await this.#queue(portion.slice(this.#next - end), signal);
      } catch (error) {
        if (tries >= QUEUE_TRIES || signal.aborted || !mayPass(asStationError(error))) throw error;
        await sleep(this.#parts.clock, seconds(2 ** tries), signal);
      }
    }
  }

  async #whole(portion: readonly OwnerCommand[], signal: AbortSignal): Promise<readonly OwnerCommand[]> {
    const { complete } = this.#parts;
    if (complete === undefined) return portion;
    const whole: OwnerCommand[] = [];
    for (const command of portion) whole.push(await complete(command, this, signal));
    return whole;
  }

  async #queue(portion: readonly OwnerCommand[], signal: AbortSignal): Promise<void> {
    const { owner, uuid, mark } = this.#parts;
    const taken = this.#brokeOff ? await this.#taken(signal) : new Map<number, string>();
    this.#brokeOff = true;
    for (const command of portion) {
      const place = this.#next + 1;
      const marked = { ...command, description: mark.describe(place) };
      const id = taken.get(place) ?? (await owner.queue(uuid, marked, signal));
      this.#queued = [...this.#queued, { id, kind: command.kind }];
      this.#next = place;
    }
    this.#brokeOff = false;
  }

  /** Ids of this run's commands at the service, by their places. */
  async #taken(signal: AbortSignal): Promise<ReadonlyMap<number, string>> {
    const { owner, uuid, mark } = this.#parts;
    const commands = await owner.listCommands(uuid, signal);
    return new Map(
      commands.flatMap((command) => {
        const place = mark.placeOf(command);
        return place === undefined ? [] : [[place, command.id] as const];
      }),
    );
  }

  /**
   * Waits until the owner's side counts every queued command as succeeded, and tells its last word about each.
   * @throws StationError cloud.result-failed, cloud.result-missing after 30 s, cloud.*
   */
  async awaitResults(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const end = clock.monotonic() + RESULT_LIMIT;
    const pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
    for (;;) {
      const left = await this.#openIds(signal);
      if (left.length === 0) {
        this.#settled();
        return;
      }
      if (clock.monotonic() >= end) throw resultMissing(left);
      await sleep(clock, pauses.next(), signal);
    }
  }

  /**
   * What became of the queued commands from the `first` on, counted from 0, in order.
   * @throws StationError cloud.*, transport.*
   */
  async results(first: number, signal: AbortSignal): Promise<readonly QueuedResult[]> {
    const { owner, uuid } = this.#parts;
    const listed = new Map((await owner.listCommands(uuid, signal)).map((state) => [state.id, state]));
    const results: QueuedResult[] = [];
    for (const [index, { id, kind }] of [...this.#queued.entries()].slice(first)) {
      const short = listed.get(id);
      const whole = short === undefined || (short.state === "succeeded" && MAKE_KEYS.includes(kind));
      results.push({ kind, place: index + 1, state: whole ? await owner.readCommand(uuid, id, signal) : short });
    }
    return results;
  }

  #settled(): void {
    const commands = [...this.#final].slice(this.#finalTold).map(([id, status]) => ({ id, status }));
    if (commands.length === 0) return;
    this.#finalTold = this.#final.size;
    this.#parts.journal.tell({ type: "queue.settled", commands });
  }

  /** The ids without a final state; all of them while the service stumbles. */
  async #openIds(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#queued.length === 0) return [];
    const { owner, uuid } = this.#parts;
    try {
      const states = new Map((await owner.listCommands(uuid, signal)).map((state) => [state.id, state]));
      const open: string[] = [];
      for (const { id } of this.#queued) {
        const { state, status, message } = states.get(id) ?? (await owner.readCommand(uuid, id, signal));
        if (state === "failed") throw resultFailed(id, status, message);
        if (state === "waiting") open.push(id);
        else this.#final.set(id, status);
      }
      return open;
    } catch (error) {
      if (mayPass(asStationError(error)) && !signal.aborted) return this.#queued.map(({ id }) => id);
      throw error;
    }
  }
}

/** Whether the service or the way to it only stumbles. */
function mayPass({ code }: StationError): boolean {
  return /^(?:cloud|transport)\./.test(code) && codeEntry(code).retry;
}

function resultFailed(id: string, status: string, message: string | undefined): StationError {
  const facts = { id, status, ...(message === undefined ? {} : { message }) };
  return new StationError("cloud.result-failed", "the service counts a command as failed", facts);
}

function resultMissing(ids: readonly string[]): StationError {
  const facts = { open: quantity(ids.length, "commands"), first: ids[0] ?? "", limit: lasting(RESULT_LIMIT) };
  return new StationError("cloud.result-missing", "the service shows no result for commands that were reported", facts);
}
