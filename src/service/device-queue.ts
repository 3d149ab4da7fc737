import type { CommandResponse } from "../provisioning/command.ts";
import { encodeCommandList } from "../provisioning/command-list-encoder.ts";
import type { CloudDeviceStore } from "./cloud-device-store.ts";
import { atomically, emptyLog, type ServiceDatabase } from "./database.ts";
import type { DeviceStore } from "./device-store.ts";
import type { FetchQuery } from "./fetch-query.ts";
import { judgeKeyResult } from "./key-result.ts";
import { fitList, limitsOf, misfit, type ListLimits } from "./list-fitting.ts";
import { ownerResult } from "./owner-result.ts";
import { changesAfter, changesByReport, type QueueChange, type QueueEntry } from "./queue-rules.ts";
import type { QueueStore } from "./queue-store.ts";
import type { RequestRecord } from "./request-record.ts";
import type { OrderBook } from "./order-book.ts";
import { judge, type Verdict } from "./verdict.ts";

/** The parts that {@link DeviceQueue} works on. */
export type DeviceQueueParts = {
  readonly database: ServiceDatabase;
  readonly devices: DeviceStore;
  readonly queues: QueueStore;
  readonly orders: OrderBook;
  readonly cloud: CloudDeviceStore;
};

/** What a device's fetch and report do to its queue, each in one transaction. */
export class DeviceQueue {
  readonly #database: ServiceDatabase;
  readonly #devices: DeviceStore;
  readonly #queues: QueueStore;
  readonly #orders: OrderBook;
  readonly #cloud: CloudDeviceStore;

  constructor({ database, devices, queues, orders, cloud }: DeviceQueueParts) {
    this.#database = database;
    this.#devices = devices;
    this.#queues = queues;
    this.#orders = orders;
    this.#cloud = cloud;
  }

  /**
   * The command list for a device as CBOR, or undefined when there is nothing for it (protocol.md 14).
   * @param transportBytes what the transport's head takes of the device's receive buffer
   */
  fetch(uuid: string, query: FetchQuery, transportBytes: number): Uint8Array | undefined {
    const limits = limitsOf(query, transportBytes);
    const { payload, dropped } = atomically(this.#database, () => {
      this.#devices.seen(uuid, query.modemFirmware, query.clientVersion);
      this.#orders.applyRules(uuid);
      const lost = this.#apply(this.#queues.queue(uuid), changesAfter(this.#queues.queue(uuid), query.after));
      const unfit = this.#dropMisfits(uuid, limits);
      return { payload: this.#deliver(uuid, limits), dropped: lost + unfit > 0 };
    });
    if (dropped) emptyLog(this.#database);
    return payload;
  }

  /** Takes a device's results in. */
  report(uuid: string, responses: readonly CommandResponse[]): void {
    const changed = atomically(this.#database, () => {
      const queue = this.#queues.queue(uuid);
      const decoded = new Map<string, RequestRecord>();
      const judged = (entry: QueueEntry, response: CommandResponse): Verdict =>
        this.#judge(uuid, entry, response, decoded);
      return this.#apply(queue, changesByReport(queue, responses, judged), decoded);
    });
    // What the commands carried, keys perhaps, must not linger in the log.
    if (changed > 0) emptyLog(this.#database);
  }

  #judge(uuid: string, entry: QueueEntry, response: CommandResponse, decoded: Map<string, RequestRecord>): Verdict {
    const verdict = judge(entry.command, response);
    if (!verdict.ok || entry.command.kind !== "at" || entry.command.command.toUpperCase() !== "%KEYGEN") return verdict;
    const pin = this.#devices.pin(uuid);
    const result = judgeKeyResult(verdict.message ?? "", uuid, pin?.spki);
    if (!result.ok) return { ...verdict, ok: false, reason: result.reason };
    decoded.set(entry.ownerCommand, result.decoded);
    return verdict;
  }

  /** Fails the owner commands of which a part can never reach the device, and goes on with the others (open-questions.md Q6). */
  #dropMisfits(uuid: string, limits: ListLimits): number {
    const queue = this.#queues.queue(uuid).filter((entry) => entry.state !== "LOST");
    const changes: QueueChange[] = [];
    for (const entry of queue) {
      const reason = misfit(entry.command, limits);
      if (reason === undefined || changes.some((made) => made.ownerCommand === entry.ownerCommand)) continue;
      for (const { id, ownerCommand } of queue)
        if (ownerCommand === entry.ownerCommand) changes.push({ id, ownerCommand, state: "FAILED", reason });
    }
    return this.#apply(queue, changes);
  }

  #deliver(uuid: string, limits: ListLimits): Uint8Array | undefined {
    const queue = this.#queues.queue(uuid);
    const list = fitList(queue, limits);
    const chosen = new Set(list.map((entry) => entry.id));
    const withheld = queue.filter((entry) => entry.state === "DELIVERED" && !chosen.has(entry.id));
    const fresh = list.filter((entry) => entry.state !== "DELIVERED");
    this.#queues.mark(
      withheld.map(({ id }) => id),
      "QUEUED",
    );
    this.#queues.mark(
      fresh.map(({ id }) => id),
      "DELIVERED",
    );
    this.#conclude([...withheld, ...fresh]);
    return list.length === 0 ? undefined : encodeCommandList(list.map(({ command }) => command));
  }

  #apply(
    queue: readonly QueueEntry[],
    changes: readonly QueueChange[],
    decoded: ReadonlyMap<string, RequestRecord> = new Map(),
  ): number {
    const entries = new Map(queue.map((entry) => [entry.id, entry]));
    for (const change of changes) {
      const entry = entries.get(change.id);
      if (entry !== undefined) this.#queues.apply(change, entry);
    }
    this.#conclude(changes, decoded);
    return changes.length;
  }

  /** Brings the owner's view of the touched commands up to date. */
  #conclude(
    touched: readonly { readonly ownerCommand: string }[],
    decoded: ReadonlyMap<string, RequestRecord> = new Map(),
  ): void {
    for (const id of new Set(touched.map(({ ownerCommand }) => ownerCommand))) {
      const { kind, uuid } = this.#queues.origin(id);
      const { status, response } = ownerResult(kind, this.#queues.deviceCommands(id), decoded.get(id));
      this.#queues.setStatus(id, status, response);
      if (kind === "cloudAccessKeyGeneration" && status === "SUCCEEDED") this.#onboard(uuid);
    }
  }

  /** A device with a key to the cloud may use it: it is onboarded under its UUID, unless it is already (peers.md 4.1). */
  #onboard(uuid: string): void {
    const team = this.#devices.owner(uuid);
    const device = { id: uuid, subType: "", tags: [], firmwareTypes: ["APP", "MODEM"], certificateSha256: undefined };
    if (team !== undefined) this.#cloud.onboard(team, device);
  }
}
