import { randomUUID } from "node:crypto";
import type { ClaimRequest, ProvisioningCommand, ProvisioningRule, ProvisioningTag } from "../contract/owner-api.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { parseDeviceUuid } from "../core/ids.ts";
import { deviceTypeName } from "../provisioning/attestation-token.ts";
import type { BulkClaim, Claims } from "./claims.ts";
import { atomically, emptyLog, type ServiceDatabase } from "./database.ts";
import type { ClaimedDevice, DeviceStore } from "./device-store.ts";
import type { OrderBook } from "./order-book.ts";
import type { PageRequest } from "./page-request.ts";
import type { OwnerCommand, QueueStore } from "./queue-store.ts";
import { carriesSecret, recordOf, type RequestRecord } from "./request-record.ts";
import type { RuleStore, StoredTag } from "./rule-store.ts";
import type { TeamStore } from "./team-store.ts";

/** The parts that {@link OwnerApi} works on. */
export type OwnerParts = {
  readonly database: ServiceDatabase;
  readonly devices: DeviceStore;
  readonly queues: QueueStore;
  readonly rules: RuleStore;
  readonly orders: OrderBook;
  readonly claims: Claims;
  readonly teams: TeamStore;
};

/** Rules and tags that one team may have. */
const RULES_LIMIT = 100;
const TEAM_TAGS_LIMIT = 1000;

/** The owner side of the service as one team sees it, whatever the transport (peers.md 4.1); answers are what the REST API shows. */
export class OwnerApi {
  readonly #parts: OwnerParts;
  readonly #team: number;

  constructor(parts: OwnerParts, team: number) {
    this.#parts = parts;
    this.#team = team;
  }

  /** @throws StationError as {@link Claims.claim} */
  claim(request: ClaimRequest): RequestRecord {
    return this.#shown(this.#parts.claims.claim(this.#team, request));
  }

  /** @throws StationError as {@link Claims.check} */
  dryRun(request: ClaimRequest): void {
    this.#parts.claims.check(this.#team, request);
  }

  /** @throws StationError as {@link Claims.claimAll} */
  claimAll(csv: string): Promise<BulkClaim> {
    return this.#parts.claims.claimAll(this.#team, csv);
  }

  /** A page of the claimed devices by UUID; `pageNextToken` is given where more follow. */
  devices({ after, count }: PageRequest): RequestRecord {
    const { devices, teams } = this.#parts;
    const { tenant, claimed } = teams.team(this.#team);
    const found = devices.list(this.#team, after, count + 1);
    const items = found.slice(0, count).map((device) => shownDevice(device, tenant));
    const last = found.length > count ? found[count - 1]?.uuid : undefined;
    return { items, total: claimed, ...(last === undefined ? {} : { pageNextToken: last }) };
  }

  /** @throws StationError service.not-found */
  device(uuid: string): RequestRecord {
    return this.#shown(this.#claimed(uuid));
  }

  /** Gives the device up: claim, queue and pinned key are forgotten. @throws StationError service.not-found */
  unclaim(text: string): void {
    const uuid = parseDeviceUuid(text);
    const { database, devices } = this.#parts;
    if (uuid === undefined || !atomically(database, () => devices.forget(this.#team, uuid)))
      throw notFound("device", text);
    emptyLog(database);
  }

  /** Queues a command; answers its id. @throws StationError service.not-found, service.conflict when the queue is full */
  addCommand(text: string, order: ProvisioningCommand): RequestRecord {
    const { uuid } = this.#claimed(text);
    const id = atomically(this.#parts.database, () => this.#parts.orders.add(uuid, order));
    return shownCommand(this.#command(uuid, id));
  }

  /** @throws StationError service.not-found */
  command(text: string, id: string): RequestRecord {
    return shownCommand(this.#command(this.#claimed(text).uuid, id));
  }

  /**
   * Takes a command out of the queue, or out of the history when it is final. A device that has it in its list already may
   * still execute it; its result is ignored then.
   * @throws StationError service.not-found
   */
  discard(text: string, id: string): void {
    const { uuid } = this.#claimed(text);
    const { database, queues } = this.#parts;
    if (!atomically(database, () => queues.discard(uuid, id))) throw notFound("provisioning command", id);
    emptyLog(database);
  }

  /** The newest 100 commands that the device was given since its claim, oldest first. @throws StationError service.not-found */
  commands(text: string): RequestRecord {
    const items = this.#parts.queues.list(this.#claimed(text).uuid).map(shownCommand);
    return { items, total: items.length };
  }

  /**
   * @throws StationError service.bad-request for secrets: a rule is kept for ever, secrets only until they are delivered;
   * service.conflict beyond 100 rules
   */
  addRule(rule: ProvisioningRule): RequestRecord {
    const secret = rule.commands.findIndex(({ request }) => carriesSecret(request));
    if (secret >= 0)
      throw new StationError("service.bad-request", `commands.${secret}.request: a rule must not hold a secret`);
    const { database, rules } = this.#parts;
    const id = randomUUID();
    atomically(database, () => {
      refuseBeyond("rules", rules.count(this.#team), RULES_LIMIT);
      rules.add(this.#team, id, rule);
    });
    return { id, ...shownRule(rule) };
  }

  /** Takes a rule away; commands that it queued stay queued. @throws StationError service.not-found */
  removeRule(id: string): void {
    const { database, rules } = this.#parts;
    if (!atomically(database, () => rules.remove(this.#team, id))) throw notFound("provisioning rule", id);
  }

  rules(): RequestRecord {
    const items = this.#parts.rules.list(this.#team).map((rule) => ({ ...rule, ...shownRule(rule) }));
    return { items, total: items.length };
  }

  /** Keeps a tag; a known one gets the new description. @throws StationError service.conflict beyond 1000 tags */
  addTag(tag: ProvisioningTag): RequestRecord {
    const { database, rules } = this.#parts;
    atomically(database, () => {
      if (!rules.hasTag(this.#team, tag.tag)) refuseBeyond("tags", rules.tagCount(this.#team), TEAM_TAGS_LIMIT);
      rules.addTag(this.#team, tag);
    });
    return tag;
  }

  tags(): { readonly items: readonly StoredTag[]; readonly total: number } {
    const items = this.#parts.rules.tags(this.#team);
    return { items, total: items.length };
  }

  #shown(device: ClaimedDevice): RequestRecord {
    return shownDevice(device, this.#parts.teams.team(this.#team).tenant);
  }

  #claimed(text: string): ClaimedDevice {
    const uuid = parseDeviceUuid(text);
    const device = uuid === undefined ? undefined : this.#parts.devices.device(uuid);
    if (device?.team !== this.#team) throw notFound("device", text);
    return device;
  }

  #command(uuid: string, id: string): OwnerCommand {
    const command = this.#parts.queues.find(uuid, id);
    if (command === undefined) throw notFound("provisioning command", id);
    return command;
  }
}

function notFound(what: string, id: string): StationError {
  return new StationError("service.not-found", `there is no such ${what}`, { id: id.slice(0, 64) });
}

function refuseBeyond(what: string, present: number, limit: number): void {
  if (present >= limit)
    throw new StationError("service.conflict", `the team has as many ${what} as it may have`, {
      limit: quantity(limit, "items"),
    });
}

function shownDevice(device: ClaimedDevice, tenant: string): RequestRecord {
  return {
    id: device.uuid,
    ownerId: tenant,
    deviceType: (deviceTypeName(device.deviceType) ?? `type ${device.deviceType}`).replace(" ", "_"),
    firmwareId: device.firmwareUuid,
    ownershipStatus: "IDENTIFIED",
    status: "READY",
    tags: device.tags,
    claimedAt: device.claimedAt,
    ...(device.modemFirmware === undefined ? {} : { modemFirmware: device.modemFirmware }),
    ...(device.clientVersion === undefined ? {} : { clientVersion: device.clientVersion }),
    ...(device.lastSeenAt === undefined ? {} : { lastSeenAt: device.lastSeenAt }),
  };
}

function shownCommand(command: OwnerCommand): RequestRecord {
  const { id, description, request, status, response, createdAt, updatedAt } = command;
  return { id, description, request, status, ...(response === undefined ? {} : { response }), createdAt, updatedAt };
}

function shownRule(
  rule: Pick<ProvisioningRule, "name" | "description" | "active" | "commands"> & { readonly tags: readonly string[] },
): RequestRecord {
  const { name, description, active, tags } = rule;
  const commands = rule.commands.map((command) => ({
    ...(command.description === "" ? {} : { description: command.description }),
    request: recordOf(command.request),
  }));
  return { name, description, active, commands, tags };
}
