import { hostname } from "node:os";
import { isIP } from "node:net";
import type { OwnerRole } from "../contract/owner-api.ts";
import type { Clock } from "../core/clock.ts";
import { minutes } from "../core/duration.ts";
import { asStationError, type StationError } from "../core/error.ts";
import { realClock } from "../core/real-clock.ts";
import type { Secret } from "../core/secret.ts";
import { ensureServerIdentity, type ServerIdentity } from "./authority.ts";
import { BulkOperationStore } from "./bulk-operation-store.ts";
import { Claims } from "./claims.ts";
import { CloudDeviceStore } from "./cloud-device-store.ts";
import { CoapsSide } from "./coaps-side.ts";
import { openDatabase, type ServiceDatabase } from "./database.ts";
import { DeviceApi } from "./device-api.ts";
import { answerDevice } from "./device-http.ts";
import { DeviceIdentity } from "./device-identity.ts";
import { DeviceQueue } from "./device-queue.ts";
import { DeviceStore } from "./device-store.ts";
import { startHttps, type Handler, type HttpsService, type RequestLine } from "./https-server.ts";
import { ManagementApi } from "./management-api.ts";
import { OrderBook } from "./order-book.ts";
import { OwnerApi } from "./owner-api.ts";
import { answerOwner, type OwnerHttpParts } from "./owner-http.ts";
import { OwnerKeys } from "./owner-key.ts";
import { QueueStore } from "./queue-store.ts";
import { RateLimit, type RequestRate } from "./rate-limit.ts";
import { RuleStore } from "./rule-store.ts";
import { TeamStore } from "./team-store.ts";

/** What {@link startService} needs. */
export type ServiceOptions = {
  /** Where CA, keys and database are kept; made when missing. */
  readonly dir: string;
  /** Port of the device side; 0: any free one. */
  readonly httpsPort: number;
  /** Port of the owner side; 0: any free one. */
  readonly ownerPort: number;
  /** UDP port of the device side over CoAP and DTLS; 0: any free one; absent: that side is off until it is asked for. */
  readonly coapsPort?: number;
  /** Address or name to listen on; default 127.0.0.1. `0.0.0.0` and `::` stand for every address of the machine. */
  readonly host?: string;
  /** How many requests of the owner side one API key may make; more are answered with 429. Absent: any number. */
  readonly requestRate?: RequestRate;
  readonly clock?: Clock;
  /** Told of every handled request. */
  readonly onRequest?: (line: RequestLine) => void;
  /** Told why a request was refused or failed; never holds secrets. */
  readonly onError?: (side: RequestLine["side"], error: StationError) => void;
};

/** A running embedded service. */
export type RunningService = {
  /** Origin of the device side, for example `https://127.0.0.1:8443`. */
  readonly https: string;
  /** Origin of the owner side; its paths begin with `/v1/`. */
  readonly owner: string;
  readonly httpsPort: number;
  readonly ownerPort: number;
  /** UDP port of the device side over CoAP and DTLS, where that was asked for at the start. */
  readonly coapsPort?: number;
  /** The CA certificate that all sides' certificates lead to, PEM. */
  readonly caFile: string;
  /** An API key for the owner side. */
  readonly ownerKey: Secret;
  /** Makes another API key by name; a new team's name makes the team. @throws StationError service.conflict, service.database */
  readonly addKey: (name: string, role: OwnerRole, team: string) => Secret;
  /**
   * Opens the device side over CoAP and DTLS, at any free UDP port, unless it is open. @returns its port
   * @throws StationError dtls.listen, dtls.bad-identity; station.closing after {@link stop}
   */
  readonly offerCoaps: () => Promise<number>;
  /** Ends running requests (5 s at most), then closes everything; calling it again does nothing more. */
  readonly stop: () => Promise<void>;
};

const RENEW_CHECK = minutes(12 * 60);

type Server = Pick<HttpsService, "renew" | "stop">;

/**
 * Starts the embedded provisioning service (protocol.md 14): device side and owner side, each on a port of its own, both
 * HTTPS; the device side besides over CoAP and DTLS when asked for, with the same queue.
 * Everything it answered to is on disk before it answers.
 * @throws StationError service.directory, service.in-use, service.files-damaged, service.newer-database, service.port-refused,
 *   dtls.listen
 */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const clock = options.clock ?? realClock;
  const host = options.host ?? "127.0.0.1";
  const hosts = serverNames(host);
  const database = openDatabase(options.dir);
  const servers: Server[] = [];
  try {
    const identity = ensureServerIdentity(options.dir, hosts, clock);
    const keys = new OwnerKeys(database, new TeamStore(database, clock), clock);
    const ownerKey = keys.ensureFirst(options.dir);
    const handlers = handlersOf(database, keys, clock, options);
    const listen = async (side: RequestLine["side"], port: number): Promise<HttpsService> => {
      const log = options.onRequest ?? (() => undefined);
      const server = await startHttps({
        ...{ side, host, port, identity, clock, log },
        ...{ handler: handlers[side], keepAlive: side === "owner" },
      });
      servers.push(server);
      return server;
    };
    const device = await listen("device", options.httpsPort);
    const owner = await listen("owner", options.ownerPort);
    const coaps = coapsSide(handlers.api, identity, clock, options);
    servers.push(coaps);
    const coapsPort = options.coapsPort === undefined ? undefined : await coaps.offer(options.coapsPort);
    const cancelRenewal = watchCertificate(options, hosts, identity, servers, clock);
    return {
      https: origin(host, device.port),
      owner: origin(host, owner.port),
      httpsPort: device.port,
      ownerPort: owner.port,
      ...(coapsPort === undefined ? {} : { coapsPort }),
      caFile: identity.caFile,
      ownerKey,
      addKey: (name, role, team) => keys.add(name, role, team),
      offerCoaps: () => coaps.offer(0),
      stop: once(async () => {
        cancelRenewal();
        await close(servers, database);
      }),
    };
  } catch (error) {
    await close(servers, database);
    throw error;
  }
}

function handlersOf(
  database: ServiceDatabase,
  keys: OwnerKeys,
  clock: Clock,
  options: ServiceOptions,
): Readonly<Record<RequestLine["side"], Handler>> & { readonly api: DeviceApi } {
  const devices = new DeviceStore(database, clock);
  const queues = new QueueStore(database, clock);
  const rules = new RuleStore(database, clock);
  const teams = new TeamStore(database, clock);
  const cloud = new CloudDeviceStore(database, clock);
  const operations = new BulkOperationStore(database, clock);
  const orders = new OrderBook(devices, queues, rules);
  const identity = new DeviceIdentity(database, devices, clock);
  const claims = new Claims({ database, devices, identity, orders, clock });
  const api = new DeviceApi(identity, new DeviceQueue({ database, devices, queues, orders, cloud }));
  const report = options.onError ?? (() => undefined);
  const ownerParts: OwnerHttpParts = {
    holder: (key) => keys.holder(key),
    limit: options.requestRate === undefined ? undefined : new RateLimit(options.requestRate, clock),
    apis: ({ team, role }, at) => ({
      api: new OwnerApi({ database, devices, queues, rules, orders, claims, teams }, team),
      management: new ManagementApi({ database, devices: cloud, operations, teams, clock }, { team, role, origin: at }),
    }),
    file: (name) => operations.file(name),
    onError: (error) => report("owner", error),
  };
  return {
    api,
    device: (request, target) => answerDevice(api, request, target, (error) => report("device", error)),
    owner: (request, target) => answerOwner(ownerParts, request, target),
  };
}

function coapsSide(api: DeviceApi, identity: ServerIdentity, clock: Clock, options: ServiceOptions): CoapsSide {
  const { host = "127.0.0.1", onRequest = () => undefined, onError } = options;
  return new CoapsSide({ api, identity, host, clock, onRequest, onError: (error) => onError?.("device", error) });
}

/** Renews the server certificate in time while the service runs; a failure is told and tried again. */
function watchCertificate(
  options: ServiceOptions,
  hosts: readonly string[],
  first: ServerIdentity,
  servers: readonly Server[],
  clock: Clock,
): () => void {
  const state = { certificate: first.certificate, cancel: (): void => undefined };
  const check = (): void => {
    try {
      const identity = ensureServerIdentity(options.dir, hosts, clock);
      if (identity.certificate !== state.certificate) for (const server of servers) server.renew(identity);
      state.certificate = identity.certificate;
    } catch (error) {
      options.onError?.("device", asStationError(error));
    }
    arm();
  };
  const arm = (): void => {
    state.cancel = clock.after(RENEW_CHECK, check);
  };
  arm();
  return () => state.cancel();
}

/** The names that the server certificate is made for. */
function serverNames(host: string): readonly string[] {
  const machine = hostname();
  const given = host === "0.0.0.0" || host === "::" ? [] : [host];
  const named = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(machine) ? [machine] : [];
  return [...new Set(["localhost", "127.0.0.1", "::1", ...given, ...named])];
}

function origin(host: string, port: number): string {
  if (host === "0.0.0.0" || host === "::") return `https://localhost:${port}`;
  return `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

async function close(servers: readonly Server[], database: ServiceDatabase): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
  database.close();
}

function once(work: () => Promise<void>): () => Promise<void> {
  const state: { running?: Promise<void> } = {};
  return () => (state.running ??= work());
}
