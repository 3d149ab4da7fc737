import { randomUUID } from "node:crypto";
import type { ProvisioningCommand } from "../contract/owner-api.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { deviceCommands } from "./command-translation.ts";
import type { DeviceStore } from "./device-store.ts";
import type { QueueStore } from "./queue-store.ts";
import { recordOf } from "./request-record.ts";
import type { RuleStore } from "./rule-store.ts";

/** Owner commands that may wait or run for one device at a time (protocol.md 14.3). */
export const OPEN_COMMANDS_LIMIT = 20;

/** Puts owner commands into queues: single ones and those of rules. Called inside a transaction. */
export class OrderBook {
  readonly #devices: DeviceStore;
  readonly #queues: QueueStore;
  readonly #rules: RuleStore;

  constructor(devices: DeviceStore, queues: QueueStore, rules: RuleStore) {
    this.#devices = devices;
    this.#queues = queues;
    this.#rules = rules;
  }

  /**
   * Queues one command; answers its id.
   * @throws StationError service.conflict when the queue is full
   */
  add(uuid: string, order: ProvisioningCommand): string {
    const open = this.#queues.openCount(uuid);
    if (open >= OPEN_COMMANDS_LIMIT)
      throw new StationError("service.conflict", "the device's queue is full", {
        uuid,
        open: quantity(open, "commands"),
        limit: quantity(OPEN_COMMANDS_LIMIT, "commands"),
      });
    return this.#add(uuid, order);
  }

  /** Queues what the rules have for the device's tags, each rule once, as far as whole rules fit the queue. */
  applyRules(uuid: string): void {
    const device = this.#devices.device(uuid);
    if (device === undefined) return;
    for (const rule of this.#rules.due(device.team, uuid, device.tags)) {
      if (this.#queues.openCount(uuid) + rule.commands.length > OPEN_COMMANDS_LIMIT) return;
      for (const command of rule.commands) this.#add(uuid, command);
      this.#rules.markUsed(rule.id, uuid);
    }
  }

  #add(uuid: string, { description, request }: ProvisioningCommand): string {
    const id = randomUUID();
    this.#queues.add(uuid, {
      id,
      kind: request.kind,
      description,
      request: recordOf(request),
      commands: (number) => deviceCommands(request, `${id}.${(number & 0xffff).toString(16)}`),
    });
    return id;
  }
}
