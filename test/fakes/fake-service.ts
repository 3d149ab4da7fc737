import { ProvisioningCommandSchema } from "../../src/contract/owner-api.ts";
import type { OwnerAnswer, OwnerApi, OwnerCall } from "../../src/cloud/owner-api.ts";
import { StationError } from "../../src/core/error.ts";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command, CommandResponse } from "../../src/provisioning/command.ts";
import { decodeResponseList } from "../../src/provisioning/response-list-decoder.ts";
import type { HttpRequest, HttpResponse, HttpTransport } from "../../src/provisioning/transport.ts";
import { deviceCommands, isHelper } from "../../src/service/command-translation.ts";

type Queued = { readonly id: string; readonly commands: readonly Command[]; status: string; reason?: string };

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

/** The provisioning service in memory: enough of protocol.md 14 and peers.md 4.1 to run one unit from claim to result. */
export class FakeService implements OwnerApi {
  readonly calls: OwnerCall[] = [];
  readonly requests: HttpRequest[] = [];
  readonly claimed = new Map<string, Queued[]>();
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
  leaveBehind(uuid: string): void {
    this.claimed.set(uuid, [{ id: "old", commands: [{ kind: "finished", id: "old" }], status: "PENDING" }]);
  }

  #owner(call: OwnerCall): OwnerAnswer {
    const body: unknown = call.body === undefined ? undefined : JSON.parse(call.body.reveal());
    const [path = ""] = call.path.split("?");
    const [, uuid, provisioning, id] = path.split("/");
    if (uuid === undefined) return this.#claim(body as { readonly claimToken: string });
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

  #claim({ claimToken }: { readonly claimToken: string }): OwnerAnswer {
    const uuid = parseAttestationToken(claimToken).deviceUuid;
    if (this.claimed.has(uuid) || this.foreign.has(uuid))
      return answer(409, { message: "the device is claimed already" });
    this.claimed.set(uuid, []);
    return answer(201, { id: uuid, tags: [] });
  }

  #queue(queue: Queued[], body: unknown): OwnerAnswer {
    const waiting = queue.filter(({ status }) => status === "PENDING").length;
    if (waiting >= 20) return answer(409, { message: "the queue is full (limit 20 commands)" });
    const { request } = ProvisioningCommandSchema.parse(body);
    const id = `c${++this.#ids}`;
    queue.push({ id, commands: deviceCommands(request, id), status: "PENDING" });
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

function shown({ id, status, reason }: Queued): object {
  return { id, status, ...(reason === undefined ? {} : { response: { command: { reason } } }) };
}

export function answer(status: number, value?: object): OwnerAnswer {
  return { status, body: value === undefined ? EMPTY : new TextEncoder().encode(JSON.stringify(value)) };
}
