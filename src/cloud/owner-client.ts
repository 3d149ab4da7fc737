import { withLimit, type Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { Secret } from "../core/secret.ts";
import {
  parseBulkClaim,
  parseClaim,
  parseCommand,
  parseCommands,
  parseDryRun,
  parseQueued,
  parseRemoval,
  parseRules,
  parseUnit,
  type BulkAnswer,
  type ClaimedUnit,
  type CommandState,
  type OwnerRule,
} from "./owner-answer.ts";
import type { OwnerAnswer, OwnerApi, OwnerCall } from "./owner-api.ts";
import {
  bulkClaimCall,
  claimCall,
  discardCommandCall,
  dryRunCall,
  listCommandsCall,
  listRulesCall,
  queueCall,
  readCommandCall,
  readUnitCall,
  unclaimCall,
} from "./owner-call.ts";
import type { OwnerCommand } from "./owner-command.ts";
import { patiently } from "./patience.ts";

/** What an owner client needs; `limit` bounds each request, `spread` (0 to 1) is another for each run. */
export type OwnerClientParts = {
  readonly api: OwnerApi;
  readonly clock: Clock;
  readonly limit: Duration;
  readonly spread?: number;
};

/** How a claim ended: newly claimed, or ours already; `uuid` as the service tells it, where it does. */
export type Claimed = { readonly kind: "claimed" | "ours-already"; readonly uuid?: DeviceUuid };

/** Whose a unit is before it is claimed: nobody's, or ours. */
export type Ownership = { readonly kind: "claimable" } | { readonly kind: "ours"; readonly unit: ClaimedUnit };

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
    const unit = await this.#ours(uuid, answer, signal);
    return { kind: "ours-already", uuid: unit.uuid };
  }

  /**
   * Whether the unit can be claimed, or is ours already; nothing is changed. A claim that was sent and never answered is found
   * out about in the same way. A service without dry runs is asked for the unit.
   * @throws StationError cloud.claimed-elsewhere when another account owns it; cloud.* as the claim would be refused
   */
  async inspect(token: string, uuid: DeviceUuid, signal?: AbortSignal): Promise<Ownership> {
    const answer = await this.#exchange(dryRunCall(token), "dry run", signal);
    if (saysTaken(answer)) return { kind: "ours", unit: await this.#ours(uuid, answer, signal) };
    if (answer.status !== 405 && answer.status !== 501) {
      parseDryRun(answer);
      return { kind: "claimable" };
    }
    const unit = await this.readUnit(uuid, signal);
    return unit === undefined ? { kind: "claimable" } : { kind: "ours", unit };
  }

  /** Claims the units of a CSV text of at most 1000 rows (peers.md 4.1). */
  async claimAll(csv: Secret, signal?: AbortSignal): Promise<BulkAnswer> {
    return parseBulkClaim(await this.#exchange(bulkClaimCall(csv), "bulk claim", signal));
  }

  /** The account's provisioning rules. */
  async rules(signal?: AbortSignal): Promise<readonly OwnerRule[]> {
    return parseRules(await this.#exchange(listRulesCall(), "list rules", signal));
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

  /** The unit that somebody owns, as ours. @throws StationError cloud.claimed-elsewhere */
  async #ours(uuid: DeviceUuid, taken: OwnerAnswer, signal?: AbortSignal): Promise<ClaimedUnit> {
    const unit = await this.readUnit(uuid, signal);
    if (unit !== undefined) return unit;
    const facts = { uuid, status: taken.status };
    throw new StationError("cloud.claimed-elsewhere", "another account owns the unit", facts);
  }

  #exchange(call: OwnerCall, task: string, signal?: AbortSignal): Promise<OwnerAnswer> {
    const { api, clock, limit, spread = 0 } = this.#parts;
    const onLimit = { code: "cloud.unavailable", what: "the service did not answer in time", facts: { task } } as const;
    const once = (): Promise<OwnerAnswer> =>
      withLimit(clock, limit, onLimit, (inner) => api.exchange(call, inner), signal);
    return patiently(call, once, { clock, spread }, signal);
  }
}

const TAKEN = /already\s+(?:been\s+)?(?:claimed|owned)|\bis\s+(?:claimed|owned)\s+by\b/i;

/** Whether the answer to a claim says that the unit has an owner: 409, or another refusal whose text says so. */
function saysTaken(answer: OwnerAnswer): boolean {
  if (answer.status === 409) return true;
  if (![400, 403, 422].includes(answer.status)) return false;
  return TAKEN.test(new TextDecoder().decode(answer.body.subarray(0, 4096)));
}

function claimedBy(unit: ClaimedUnit | undefined): Claimed {
  return unit === undefined ? { kind: "claimed" } : { kind: "claimed", uuid: unit.uuid };
}
