import { ProvisioningCommandSchema } from "../../src/contract/owner-api.ts";
import type { OwnerAnswer, OwnerApi, OwnerCall } from "../../src/cloud/owner-api.ts";
import { StationError } from "../../src/core/error.ts";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command, CommandResponse } from "../../src/provisioning/command.ts";
import { decodeResponseList } from "../../src/provisioning/response-list-decoder.ts";
import type { HttpRequest, HttpResponse, HttpTransport } from "../../src/provisioning/transport.ts";
import { deviceCommands, isHelper } from "../../src/service/command-translation.ts";

type Queued = {
  readonly id: string;
  readonly commands: readonly Command[];
  readonly description?: string;
  /** Kind of the request, as the owner API names it. */
  readonly kind?: string;
  status: string;
  reason?: string;
};

/** A rule of the owner's account: what a claim with one of its tags queues. */
export type FakeRule = {
  readonly name: string;
  readonly active: boolean;
  readonly tags: readonly string[];
  readonly commands: readonly object[];
};

/** What a test changes about a {@link FakeService}: an answer instead of the usual one, or a failure of the way. */
export type ServiceTwist = {
  readonly owner?: (call: OwnerCall, count: number) => OwnerAnswer | StationError | undefined;
  readonly device?: (request: HttpRequest, count: number) => HttpResponse | StationError | undefined;
  /** Changes the commands on their way to the device. */
  readonly commands?: (commands: readonly Command[]) => readonly Command[];
  /** Commands a list may hold. */
  readonly listLimit?: number;
  /** Whether `DELETE …/provisioning/{id}` exists. */
  readonly discards?: boolean;
};

type ClaimBody = { readonly claimToken: string; readonly tags?: readonly string[] };

/** The provisioning service in memory: enough of protocol.md 14 and peers.md 4.1 to run one unit from claim to result. */
export class FakeService implements OwnerApi {
  readonly calls: OwnerCall[] = [];
  readonly requests: HttpRequest[] = [];
  readonly claimed = new Map<string, Queued[]>();
  /** Rules of the owner's account. */
  rules: readonly FakeRule[] = [];
  /** Units that another account owns. */
  readonly foreign = new Set<string>();
  readonly twist: ServiceTwist;
  #ids = 0;

  constructor(twist: ServiceTwist = {}) {
    this.twist = twist;
  }

  /** The device side. */
  readonly http: { exchange: HttpTransport["exchange"] } = {
    exchange: async (request, signal) => {
      signal?.throwIfAborted();
      this.requests.push(request);
      const twisted = this.twist.device?.(request, this.requests.length);
      if (twisted instanceof StationError) throw twisted;
      return twisted ?? this.#device(request);
    },
  };

  async exchange(call: OwnerCall, signal?: AbortSignal): Promise<OwnerAnswer> {
    signal?.throwIfAborted();
    this.calls.push(call);
    const twisted = this.twist.owner?.(call, this.calls.length);
    if (twisted instanceof StationError) throw twisted;
    return twisted ?? this.#owner(call);
  }

  /** The unit as if an earlier run had claimed it and queued a command that nobody fetched. */
  leaveBehind(uuid: string, description = ""): void {
    this.claimed.set(uuid, [
      { id: "old", description, kind: "finished", commands: [{ kind: "finished", id: "old" }], status: "PENDING" },
    ]);
  }

  #owner(call: OwnerCall): OwnerAnswer {
    const body: unknown = call.body === undefined ? undefined : JSON.parse(call.body.reveal());
    const [path = "", query] = call.path.split("?");
    if (path === "provisioning-rules") return answer(200, { items: this.rules });
    const [, uuid, provisioning, id] = path.split("/");
    if (uuid === undefined) return this.#claim(body as ClaimBody, query === "dryrun=true");
    const queue = this.claimed.get(uuid);
    if (queue === undefined) return answer(404, { message: "there is no such device" });
    if (provisioning === undefined) {
      if (call.method === "DELETE") this.claimed.delete(uuid);
      return call.method === "DELETE" ? answer(204) : answer(200, { id: uuid, tags: [] });
    }
    if (call.method === "POST") return this.#queue(queue, body);
    if (id === undefined) return answer(200, { items: queue.map(shown) });
    const found = queue.find((command) => command.id === id);
    if (found === undefined) return answer(404, { message: "there is no such command" });
    if (call.method === "GET") return answer(200, shown(found));
    if (this.twist.discards === false) return answer(405, { message: "allowed: GET" });
    queue.splice(queue.indexOf(found), 1);
    return answer(204);
  }

  #claim({ claimToken, tags = [] }: ClaimBody, dry: boolean): OwnerAnswer {
    const uuid = parseAttestationToken(claimToken).deviceUuid;
    if (this.claimed.has(uuid) || this.foreign.has(uuid))
      return answer(409, { message: "the device is claimed already" });
    if (dry) return answer(202, {});
    const queue: Queued[] = [];
    this.claimed.set(uuid, queue);
    for (const rule of this.rules)
      if (rule.active && rule.tags.some((tag) => tags.includes(tag)))
        for (const command of rule.commands) this.#queue(queue, command);
    return answer(201, { id: uuid, tags });
  }

  #queue(queue: Queued[], body: unknown): OwnerAnswer {
    const waiting = queue.filter(({ status }) => status === "PENDING").length;
    if (waiting >= 20) return answer(409, { message: "the queue is full (limit 20 commands)" });
    const { request, description } = ProvisioningCommandSchema.parse(body);
    const id = `c${++this.#ids}`;
    queue.push({ id, description, kind: request.kind, commands: deviceCommands(request, id), status: "PENDING" });
    return answer(201, { id });
  }

  #device(request: HttpRequest): HttpResponse {
    const [queue] = this.claimed.values();
    if (queue === undefined) return { status: 401, body: EMPTY };
    if (request.method === "POST") return this.#report(queue, request.body ?? EMPTY);
    const waiting = queue.filter(({ status }) => status === "PENDING").flatMap(({ commands }) => commands);
    const list = (this.twist.commands ?? ((commands) => commands))(waiting).slice(0, this.twist.listLimit ?? 5);
    return list.length === 0 ? { status: 204, body: EMPTY } : { status: 200, body: encodeCommandList(list) };
  }

  #report(queue: Queued[], body: Uint8Array): HttpResponse {
    const responses = decodeResponseList(body);
    const failed = responses.some((response) => response.kind === "error");
    for (const entry of queue) {
      if (entry.status !== "PENDING") continue;
      const own = responses.filter(({ id }) => entry.commands.some((command) => command.id === id));
      const done = entry.commands.every((command) => isHelper(command.id) || own.some(({ id }) => id === command.id));
      if (failed) Object.assign(entry, verdict(own, done));
      else if (done) entry.status = "SUCCEEDED";
    }
    return { status: 200, body: EMPTY };
  }
}

const EMPTY = new Uint8Array();

function verdict(own: readonly CommandResponse[], done: boolean): Partial<Queued> {
  const bad = own.find((response) => response.kind === "error");
  if (bad === undefined && done) return { status: "SUCCEEDED" };
  return { status: "FAILED", reason: bad === undefined ? "dropped" : "the device reported an error" };
}

function shown({ id, description, kind, status, reason }: Queued): object {
  return {
    ...{ id, status },
    ...(description === undefined ? {} : { description }),
    ...(kind === undefined ? {} : { request: { [kind]: {} } }),
    ...(reason === undefined ? {} : { response: { command: { reason } } }),
  };
}

export function answer(status: number, value?: object): OwnerAnswer {
  return { status, body: value === undefined ? EMPTY : new TextEncoder().encode(JSON.stringify(value)) };
}
