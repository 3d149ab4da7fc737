import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OwnerRole } from "../../src/contract/owner-api.ts";
import { minutes, seconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { RateLimit } from "../../src/service/rate-limit.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { ask, Harness, type Json } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const made = { count: 0 };

/** Calls with a key of their own. */
function as(role: OwnerRole, team: string) {
  made.count += 1;
  const key = harness.service.addKey(`key ${made.count}`, role, team).reveal();
  return async (method: string, path: string, value?: unknown) => {
    const reply = await ask(`${harness.service.owner}${path}`, harness.ca, {
      method,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      ...(value === undefined ? {} : { body: JSON.stringify(value) }),
    });
    return { status: reply.status, json: JSON.parse(reply.body.toString() || "{}") as Json };
  };
}

describe("teams", () => {
  it("are told apart when a device is claimed already: by the same team, by another one", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const other = as("owner", "others");
    const claimToken = device.attestation();
    for (const query of ["", "?dryrun=true"]) {
      const ours = await harness.owner("POST", `/v1/claimed-devices${query}`, { claimToken });
      const theirs = await other("POST", `/v1/claimed-devices${query}`, { claimToken });
      expect([ours.status, theirs.status]).toEqual([409, 409]);
      expect([ours.json["message"], theirs.json["message"]]).toEqual([
        expect.stringContaining("your own team"),
        expect.stringContaining("another team"),
      ]);
    }
  });

  it("tell a token that is none from one that another key made", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.get(device);
    await harness.owner("DELETE", `/v1/claimed-devices/${device.uuid}`);
    await harness.get(device);
    const stranger = new FakeDevice(device.uuid);
    const answers = await Promise.all(
      ["no.token", stranger.attestation()].map((claimToken) =>
        harness.owner("POST", "/v1/claimed-devices", { claimToken }),
      ),
    );
    expect(answers).toMatchObject([
      { status: 400, json: { message: expect.stringContaining("no attestation token") as string } },
      { status: 400, json: { message: expect.stringContaining("not signed with the key") as string } },
    ]);
  });

  it("see, give up and queue for their own devices only", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const other = as("admin", "strangers");
    const path = `/v1/claimed-devices/${device.uuid}`;
    const statuses = await Promise.all([
      other("GET", path),
      other("DELETE", path),
      other("GET", `${path}/provisioning`),
      other("POST", `${path}/provisioning`, { request: { finished: {} } }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await other("GET", "/v1/claimed-devices")).json).toEqual({ items: [], total: 0 });
    expect((await harness.owner("GET", path)).status).toBe(200);
  });

  it("have rules, tags, accounts and onboarded devices of their own", async () => {
    const [one, two] = [as("owner", "one"), as("owner", "two")];
    const rule = { name: "r", commands: [{ request: { finished: {} } }], tags: ["shared"] };
    const { id } = (await one("POST", "/v1/provisioning-rules", rule)).json;
    await one("POST", "/v1/provisioning/tags", { tag: "shared", description: "one's" });
    expect((await two("GET", "/v1/provisioning-rules")).json).toEqual({ items: [], total: 0 });
    expect((await two("GET", "/v1/provisioning/tags")).json).toEqual({ items: [], total: 0 });
    expect((await two("DELETE", `/v1/provisioning-rules/${String(id)}`)).status).toBe(404);
    const device = new FakeDevice();
    await two("POST", "/v1/claimed-devices", { claimToken: device.attestation(), tags: ["shared"] });
    expect(await harness.fetch(device)).toEqual([]);
    const teams = await Promise.all([one, two].map(async (team) => (await team("GET", "/v1/account")).json["team"]));
    expect(teams).toMatchObject([{ name: "one" }, { name: "two" }]);
    expect((await one("DELETE", `/v1/provisioning-rules/${String(id)}`)).status).toBe(204);
    expect((await one("GET", "/v1/provisioning-rules")).json).toMatchObject({ total: 0 });
  });

  it("have at most 100 rules", async () => {
    const call = as("owner", "many rules");
    const rule = { name: "r", commands: [{ request: { finished: {} } }], tags: ["t"] };
    for (let count = 0; count < 100; count++)
      expect((await call("POST", "/v1/provisioning-rules", rule)).status).toBe(201);
    expect(await call("POST", "/v1/provisioning-rules", rule)).toMatchObject({
      status: 409,
      json: { message: expect.stringContaining("100 items") as string },
    });
  });
});

describe("roles", () => {
  it("let viewers read and nothing else, all others write", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const viewer = as("viewer", "default");
    const path = `/v1/claimed-devices/${device.uuid}`;
    const reads = [path, `${path}/provisioning`, "/v1/claimed-devices", "/v1/provisioning-rules", "/v1/devices"];
    for (const read of reads) expect((await viewer("GET", read)).status).toBe(200);
    const writes = [
      ["POST", "/v1/claimed-devices"],
      ["POST", "/v1/claimed-devices?dryrun=true"],
      ["DELETE", path],
      ["POST", `${path}/provisioning`],
      ["POST", "/v1/provisioning-rules"],
      ["POST", "/v1/provisioning/tags"],
      ["POST", "/v1/devices"],
      ["PATCH", "/v1/devices/x/state"],
    ] as const;
    for (const [method, write] of writes)
      expect(await viewer(method, write, {})).toMatchObject({
        status: 403,
        json: { message: expect.stringContaining("viewer") as string },
      });
    expect((await viewer("GET", "/v1/account")).json).toMatchObject({ role: "viewer" });
    for (const role of ["editor", "admin", "owner"] as const) {
      const call = as(role, "default");
      expect((await call("POST", `${path}/provisioning`, { request: { finished: {} } })).status).toBe(201);
    }
  });
});

describe("the request rate", () => {
  it("answers 429 with Retry-After in whole seconds, each key by itself", async () => {
    const limited = await Harness.start({
      requestRate: { requests: 2, per: minutes(1) },
      clock: new VirtualClock(Date.now()),
    });
    const path = `${limited.service.owner}/v1/account`;
    const get = (key: string) => ask(path, limited.ca, { headers: { Authorization: key } });
    const statuses = [await get(limited.bearer), await get(limited.bearer), await get(limited.bearer)];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(statuses[2]?.headers["retry-after"]).toBe("30");
    expect(JSON.parse(statuses[2]?.body.toString() ?? "")).toHaveProperty("message");
    const other = limited.service.addKey("other", "editor", "default").reveal();
    expect((await get(`Bearer ${other}`)).status).toBe(200);
    expect((await get("Bearer nonsense")).status).toBe(401);
    await limited.stop();
  });

  it("gives a key its allowance back evenly", async () => {
    const clock = new VirtualClock();
    const limit = new RateLimit({ requests: 3, per: seconds(3) }, clock);
    expect([limit.take("a"), limit.take("a"), limit.take("a")]).toEqual([undefined, undefined, undefined]);
    expect(limit.take("a")).toBe(1000);
    await clock.advance(seconds(1));
    expect(limit.take("a")).toBeUndefined();
    expect(limit.take("a")).toBe(1000);
    await clock.advance(minutes(1));
    expect([limit.take("a"), limit.take("a"), limit.take("a")]).toEqual([undefined, undefined, undefined]);
  });
});
