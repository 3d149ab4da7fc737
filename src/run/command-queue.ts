import type { RunEventBody } from "../contract/run-event.ts";
import type { OwnerClient } from "../cloud/owner-client.ts";
import type { CommandState } from "../cloud/owner-answer.ts";
import { QUEUE_LIMIT, type OwnerCommand } from "../cloud/owner-command.ts";
import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { codeEntry } from "../core/error-codes.ts";
import { asStationError, StationError } from "../core/error.ts";
import { lasting, quantity } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";

/** What a command queue takes. */
export type CommandQueueParts = {
  readonly owner: OwnerClient;
  readonly uuid: DeviceUuid;
  readonly commands: readonly OwnerCommand[];
  readonly clock: Clock;
  readonly tell: (body: RunEventBody) => void;
};

/** A command that was queued, its place in the recipe from 1 on, and what became of it so far. */
export type QueuedResult = {
  readonly kind: OwnerCommand["kind"];
  readonly place: number;
  readonly state: CommandState;
};

/** Commands whose answer holds a token that a list of states leaves out. */
const MAKE_KEYS: readonly string[] = [
  ...[
    "certificateSigningRequest",
    "cloudAccessKeyGeneration",
    "clientPrivateKeyGeneration",
    "endorsementKeyGeneration",
  ],
];

/** How long the owner's side may take to show a result that was reported. */
const RESULT_LIMIT: Duration = seconds(30);
const FIRST_PAUSE = milliseconds(100);
const LONGEST_PAUSE = seconds(2);

/**
 * The recipe's commands on their way into the unit's queue at the service, in portions that fit it (peers.md 4.1), and their
 * results as the owner's side sees them.
 */
export class CommandQueue {
  readonly #parts: CommandQueueParts;
  #next = 0;
  #ids: readonly string[] = [];

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
    this.#ids = [];
  }

  /** Queues the next portion in order. @throws StationError cloud.*, transport.* */
  async fill(signal: AbortSignal): Promise<void> {
    const { owner, uuid, commands, tell } = this.#parts;
    const portion = commands.slice(this.#next, this.#next + QUEUE_LIMIT);
    for (const command of portion) {
      const id = await owner.queue(uuid, command, signal);
      this.#next++;
      this.#ids = [...this.#ids, id];
      tell({ type: "note", level: "info", text: `queued ${command.kind}`, facts: { id, place: this.#next } });
    }
  }

  /**
   * Waits until the owner's side counts every queued command as succeeded.
   * @throws StationError cloud.result-failed, cloud.result-missing after 30 s, cloud.*
   */
  async awaitResults(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const end = clock.monotonic() + RESULT_LIMIT;
    for (let pause = FIRST_PAUSE; ; pause = milliseconds(Math.min(pause * 2, LONGEST_PAUSE))) {
      const left = await this.#openIds(signal);
      if (left.length === 0) return;
      if (clock.monotonic() >= end) throw resultMissing(left);
      await sleep(clock, pause, signal);
    }
  }

  /**
   * What became of the queued commands from the `first` on, counted from 0, in order.
   * @throws StationError cloud.*, transport.*
   */
  async results(first: number, signal: AbortSignal): Promise<readonly QueuedResult[]> {
    const { owner, uuid, commands } = this.#parts;
    const listed = new Map((await owner.listCommands(uuid, signal)).map((state) => [state.id, state]));
    const results: QueuedResult[] = [];
    for (const [index, id] of [...this.#ids.entries()].slice(first)) {
      const kind = commands[index]?.kind ?? "finished";
      const short = listed.get(id);
      const whole = short === undefined || (short.state === "succeeded" && MAKE_KEYS.includes(kind));
      results.push({ kind, place: index + 1, state: whole ? await owner.readCommand(uuid, id, signal) : short });
    }
    return results;
  }

  /** The ids without a final state; all of them while the service stumbles. */
  async #openIds(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#ids.length === 0) return [];
    const { owner, uuid } = this.#parts;
    try {
      const states = new Map((await owner.listCommands(uuid, signal)).map((state) => [state.id, state]));
      const open: string[] = [];
      for (const id of this.#ids) {
        const { state, status, message } = states.get(id) ?? (await owner.readCommand(uuid, id, signal));
        if (state === "failed") throw resultFailed(id, status, message);
        if (state === "waiting") open.push(id);
      }
      return open;
    } catch (error) {
      const { code } = asStationError(error);
      const passing = /^(?:cloud|transport)\./.test(code) && codeEntry(code).retry;
      if (passing && !signal.aborted) return this.#ids;
      throw error;
    }
  }
}

function resultFailed(id: string, status: string, message: string | undefined): StationError {
  const facts = { id, status, ...(message === undefined ? {} : { message }) };
  return new StationError("cloud.result-failed", "the service counts a command as failed", facts);
}

function resultMissing(ids: readonly string[]): StationError {
  const facts = { open: quantity(ids.length, "commands"), first: ids[0] ?? "", limit: lasting(RESULT_LIMIT) };
  return new StationError("cloud.result-missing", "the service shows no result for commands that were reported", facts);
}
