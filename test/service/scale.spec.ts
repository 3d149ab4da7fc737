import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { BulkOperationStore } from "../../src/service/bulk-operation-store.ts";
import { Claims } from "../../src/service/claims.ts";
import { CloudDeviceStore } from "../../src/service/cloud-device-store.ts";
import { openDatabase, type ServiceDatabase } from "../../src/service/database.ts";
import { DeviceIdentity } from "../../src/service/device-identity.ts";
import { DeviceQueue } from "../../src/service/device-queue.ts";
import { DeviceStore } from "../../src/service/device-store.ts";
import { ManagementApi } from "../../src/service/management-api.ts";
import { OrderBook } from "../../src/service/order-book.ts";
import { OwnerApi } from "../../src/service/owner-api.ts";
import { OwnerKeys } from "../../src/service/owner-key.ts";
import { QueueStore } from "../../src/service/queue-store.ts";
import { RuleStore } from "../../src/service/rule-store.ts";
import { TeamStore } from "../../src/service/team-store.ts";
import { makeDeviceCertificate } from "./support/device-certificate.ts";
import { FakeDevice, successOf } from "./support/fake-device.ts";
import { ask, Harness, temporaryFolder } from "./support/harness.ts";

/** Tables that grow with the number of devices. */
const GROWING = "device|pin|owner_command|device_command|rule_use|cloud_device|bulk_operation";
/** Keys of devices that nobody claimed are kept for 10 000 at most. */
const BOUNDED = /USING (?:COVERING )?INDEX pin_unclaimed/;

let folder: string;
let database: ServiceDatabase;
const statements = new Set<string>();

beforeEach(() => {
  folder = temporaryFolder();
  database = openDatabase(folder);
  const prepare = database.prepare.bind(database);
  const value = (sql: string): unknown => {
    statements.add(sql);
    return prepare(sql);
  };
  Object.defineProperty(database, "prepare", { value });
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

function parts() {
  const clock = new VirtualClock(Date.now());
  const [devices, queues, rules] = [
    new DeviceStore(database, clock),
    new QueueStore(database, clock),
    new RuleStore(database, clock),
  ];
  const teams = new TeamStore(database, clock);
  const cloud = new CloudDeviceStore(database, clock);
  const orders = new OrderBook(devices, queues, rules);
  const identity = new DeviceIdentity(database, devices, clock);
  const claims = new Claims({ database, devices, identity, orders, clock });
  const operations = new BulkOperationStore(database, clock);
  return {
    clock,
    identity,
    keys: new OwnerKeys(database, teams, clock),
    queue: new DeviceQueue({ database, devices, queues, orders, cloud }),
    api: new OwnerApi({ database, devices, queues, rules, orders, claims, teams }, 1),
    management: new ManagementApi(
      { database, devices: cloud, operations, teams, clock },
      { team: 1, role: "owner", origin: "" },
    ),
  };
}

/** Looks through a table on purpose. */
const ALL_BODIES = "SELECT body FROM device_command WHERE body IS NOT NULL";

/** The parts of a statement's plan that look through a table that grows. */
function scansOf(sql: string): readonly string[] {
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...nulls(sql)) as readonly {
    readonly detail: string;
  }[];
  return plan
    .filter(({ detail }) => new RegExp(`^SCAN (?:${GROWING})\\b`).test(detail) && !BOUNDED.test(detail))
    .map(({ detail }) => `${detail}: ${sql}`);
}

const FETCH = { after: "", rxMaxSize: 2304, txMaxSize: 2304, limit: 10 };
const PAGE = { after: "", count: 50 };

describe("with very many devices", () => {
  it("no statement of a request looks through all of them", async () => {
    const { clock, identity, keys, queue, api, management } = parts();
    const device = new FakeDevice();
    const jwt = () => device.jwt(clock.now());
    const commands = [{ description: "", request: { kind: "finished" as const, options: {} } }];
    api.addRule({ name: "r", description: "", active: true, commands, tags: ["t"] });
    api.addTag({ tag: "t", description: "" });
    expect(() => identity.authenticate(jwt())).toThrow(/not claimed/);
    api.dryRun({ claimToken: device.attestation(), tags: [] });
    await api.claimAll(`"${device.attestation()}","t"\n"${new FakeDevice().attestation()}",""`);
    api.addCommand(device.uuid, {
      description: "",
      request: { kind: "cloudAccessKeyGeneration", options: { secTag: 1, attributes: "", keyUsage: "" } },
    });
    const uuid = identity.authenticate(jwt());
    queue.fetch(uuid, FETCH, 0);
    const list = database
      .prepare<[], { readonly body: string }>(ALL_BODIES)
      .all()
      .map(({ body }) => JSON.parse(body) as Parameters<typeof successOf>[0][number]);
    queue.report(uuid, successOf(list, device));
    api.devices(PAGE);
    api.commands(uuid);
    api.rules();
    api.tags();
    keys.add("k", "viewer", "other");
    keys.holder("x");
    await management.onboard(`d,,,,"${makeDeviceCertificate("d")}"`);
    for (const order of ["asc", "desc"] as const)
      for (const after of ["", "d"]) management.list({ after, count: 50, order, ids: [], supports: [] });
    management.patchState("d", { reported: {} });
    management.rename("d", "n");
    management.remove("d");
    api.unclaim(uuid);

    const texts = [...statements].filter(
      (sql) => sql !== ALL_BODIES && /^\s*(?:SELECT|INSERT|UPDATE|DELETE)/.test(sql),
    );
    expect(scansOf(ALL_BODIES)).toHaveLength(1);
    expect(texts.flatMap(scansOf)).toEqual([]);
    expect(statements.size).toBeGreaterThan(40);
  });

  it("a bulk claim lets other requests have their turn, and leaves every row in the list", async () => {
    const harness = await Harness.start();
    const rows = Array.from({ length: 200 }, () => `"${new FakeDevice().attestation()}","a,b"`);
    const state = { done: false, between: 0 };
    const claimed = ask(`${harness.service.owner}/v1/claimed-devices`, harness.ca, {
      method: "POST",
      headers: { Authorization: harness.bearer, contentType: "text/csv" },
      body: rows.join("\n"),
    }).then((reply) => {
      state.done = true;
      return reply;
    });
    const others = async (): Promise<void> => {
      await harness.owner("GET", "/v1/account");
      if (state.done) return;
      state.between += 1;
      await others();
    };
    await others();
    expect((await claimed).status).toBe(201);
    expect(state.between).toBeGreaterThan(0);
    expect((await harness.owner("GET", "/v1/claimed-devices?pageLimit=1")).json["total"]).toBe(200);
    await harness.stop();
  });
});

/** A value for each placeholder of a statement. */
function nulls(sql: string): readonly unknown[] {
  const names = [...sql.matchAll(/:([a-z]+)/g)].map(([, name = ""]) => [name, null] as const);
  if (names.length > 0) return [Object.fromEntries(names)];
  return [...sql.matchAll(/\?/g)].map(() => null);
}
