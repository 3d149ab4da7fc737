import { withLimit, type Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import {
  parseClaim,
  parseCommand,
  parseCommands,
  parseDryRun,
  parseQueued,
  parseRemoval,
  parseUnit,
  type ClaimedUnit,
  type CommandState,
} from "./owner-answer.ts";
import type { OwnerAnswer, OwnerApi, OwnerCall } from "./owner-api.ts";
import {
  claimCall,
  discardCommandCall,
  dryRunCall,
  listCommandsCall,
  queueCall,
  readCommandCall,
  readUnitCall,
  unclaimCall,
} from "./owner-call.ts";
import type { OwnerCommand } from "./owner-command.ts";

/** What an owner client needs; `limit` bounds each request. */
export type OwnerClientParts = { readonly api: OwnerApi; readonly clock: Clock; readonly limit: Duration };

/** How a claim ended: newly claimed, or ours already; `uuid` as the service tells it, where it does. */
export type Claimed = { readonly kind: "claimed" | "ours-already"; readonly uuid?: DeviceUuid };

/** The owner's role over the REST API (peers.md 4.1). Every call throws StationError cloud.* or transport.* and has a limit. */
export class OwnerClient {
  readonly #parts: OwnerClientParts;

  constructor(parts: OwnerClientParts) {
    this.#parts = parts;
  }

  /**
   * Claims the unit with its attestation token. A unit that is ours already is no error; whose it is, is asked from the
   * service, as the text of a conflict is not specified.
   * @throws StationError cloud.claimed-elsewhere when another account owns it; cloud.* otherwise
   */
  async claim(token: string, uuid: DeviceUuid, tags: readonly string[], signal?: AbortSignal): Promise<Claimed> {
    const answer = await this.#exchange(claimCall(token, tags), "claim", signal);
    if (!saysTaken(answer)) return claimedBy(parseClaim(answer));
    const unit = await this.readUnit(uuid, signal);
    if (unit !== undefined) return { kind: "ours-already", uuid: unit.uuid };
    const facts = { uuid, status: answer.status };
    throw new StationError("cloud.claimed-elsewhere", "another account owns the unit", facts);
  }

  /** Passes when the unit could be claimed. */
  async dryRun(token: string, signal?: AbortSignal): Promise<void> {
    parseDryRun(await this.#exchange(dryRunCall(token), "dry run", signal));
  }

  /** The unit as we own it, or undefined when it is not ours. */
  async readUnit(uuid: DeviceUuid, signal?: AbortSignal): Promise<ClaimedUnit | undefined> {
    return parseUnit(await this.#exchange(readUnitCall(uuid), "read unit", signal));
  }

  /** Gives up the ownership of the unit; harmless when it is not ours. */
  async unclaim(uuid: DeviceUuid, signal?: AbortSignal): Promise<void> {
    parseRemoval(await this.#exchange(unclaimCall(uuid), "unclaim", signal));
  }

  /** Queues one command; answers its id. */
  async queue(uuid: DeviceUuid, command: OwnerCommand, signal?: AbortSignal): Promise<string> {
    return parseQueued(await this.#exchange(queueCall(uuid, command), "queue", signal));
  }

  /** The state of one command. */
  async readCommand(uuid: DeviceUuid, id: string, signal?: AbortSignal): Promise<CommandState> {
    return parseCommand(await this.#exchange(readCommandCall(uuid, id), "read command", signal), id);
  }

  /** The states of the unit's commands. */
  async listCommands(uuid: DeviceUuid, signal?: AbortSignal): Promise<readonly CommandState[]> {
    return parseCommands(await this.#exchange(listCommandsCall(uuid), "list commands", signal));
  }

  /** Takes a command out of the unit's queue; harmless when it is not there. */
  async discard(uuid: DeviceUuid, id: string, signal?: AbortSignal): Promise<void> {
    parseRemoval(await this.#exchange(discardCommandCall(uuid, id), "discard command", signal));
  }

  #exchange(call: OwnerCall, task: string, signal?: AbortSignal): Promise<OwnerAnswer> {
    const { api, clock, limit } = this.#parts;
    const onLimit = { code: "cloud.unavailable", what: "the service did not answer in time", facts: { task } } as const;
    return withLimit(clock, limit, onLimit, (inner) => api.exchange(call, inner), signal);
  }
}

/** Whether the answer to a claim says that the unit has an owner: 409, or another refusal whose text says so. */
function saysTaken(answer: OwnerAnswer): boolean {
  if (answer.status === 409) return true;
  if (answer.status !== 400 && answer.status !== 422) return false;
  return /already\s+(?:been\s+)?(?:claimed|owned)/i.test(new TextDecoder().decode(answer.body.subarray(0, 4096)));
}

function claimedBy(unit: ClaimedUnit | undefined): Claimed {
  return unit === undefined ? { kind: "claimed" } : { kind: "claimed", uuid: unit.uuid };
}
