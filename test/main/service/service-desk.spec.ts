import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answerRequest } from "../../../main/ipc/answer-request.ts";
import { Jobs } from "../../../main/desk/jobs.ts";
import type { Handlers } from "../../../main/ipc/handlers.ts";
import { OwnerKeys } from "../../../main/service/owner-keys.ts";
import { serviceHandlers, type EmbeddedService } from "../../../main/service/service-desk.ts";
import type { ServiceTester } from "../../../main/service/service-tester.ts";
import { OPEN_SESSION, type Session } from "../../../src/contract/desktop-session.ts";
import type { ServiceTestNews } from "../../../src/contract/desktop-service.ts";
import { ResolvedProfileSchema, type ResolvedProfile } from "../../../src/contract/profile.ts";
import type { ServiceTest } from "../../../src/contract/service-test.ts";
import type { TestOrder } from "../../../src/contract/service-test-helper.ts";
import { parseReply, type RequestKind } from "../../../src/contract/desktop.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { Library } from "../../../src/station/library/library.ts";
import { TestAuthority } from "../../transport/https/test-authority.ts";
import { fakeSystem, KEY, vaultRig } from "../vault/vault-rig.ts";

const rig = vaultRig();
const CA = new TestAuthority("a CA").pem;
const PROFILE = `profile: 1
name: Own service
service: nrf-cloud
https: { host: device.example, ca: ca.pem }
owner: { base: "https://api.example/v1", keyEnv: OWN_KEY }
`;
const TEST: ServiceTest = {
  ...({ profile: "Own service", state: "passed" } as const),
  sides: [{ side: "device", target: "device.example:443", steps: [{ step: "name", state: "passed" }] }],
};
const OPERATOR: Session = { open: false, operator: { name: "Op", role: "operator" }, people: [] };

type DeskOptions = { readonly protects?: boolean; readonly proxy?: string; readonly embedded?: EmbeddedService };

async function desk({ protects = true, proxy, embedded }: DeskOptions = {}) {
  const { folder, open, everything } = rig();
  mkdirSync(join(folder, "profiles"));
  writeFileSync(join(folder, "profiles", "own.yaml"), PROFILE);
  writeFileSync(join(folder, "profiles", "ca.pem"), CA);
  const library = new Library({
    ...{ own: folder, builtIn: join(folder, "none"), environment: {}, born: [] },
    ...{ inUse: () => false, recorded: () => Promise.resolve([]) },
  });
  const orders: TestOrder[] = [];
  const told: ServiceTestNews[] = [];
  const test: ServiceTester = (order, { onChange }) => {
    orders.push(order);
    onChange({ ...TEST, state: "running" });
    return Promise.resolve(TEST);
  };
  const handlers = serviceHandlers({
    ...{ library, test, keys: new OwnerKeys(await open(fakeSystem("this", protects)), {}) },
    ...{ jobs: new Jobs(new VirtualClock(), () => undefined), tell: (news) => told.push(news) },
    ...{ proxyFor: () => proxy, embedded: () => embedded },
  });
  const raw = (kind: RequestKind, asks: unknown, session: Session = OPEN_SESSION) =>
    answerRequest(handlers as Handlers, () => session, kind, asks);
  return { raw, orders, told, everything: () => everythingBelow(folder, everything) };
}

/** The vault's folder, without the library's. */
function everythingBelow(folder: string, everything: () => string): string {
  try {
    return everything();
  } catch {
    return ["vault.json", "vault.key"]
      .map((name) => {
        try {
          return readFileSync(join(folder, name), "latin1");
        } catch {
          return "";
        }
      })
      .join();
  }
}

const asks = { profile: "own" };
const key = KEY.reveal();

describe("the requests about services", () => {
  it("take a key and answer what is known of it, never the key", async () => {
    const { raw, everything } = await desk();
    const replies = [
      await raw("service.facts", asks),
      await raw("service.enter-key", { ...asks, key, keep: "vault" }),
      await raw("service.facts", asks),
      await raw("service.enter-key", { ...asks, key, keep: "session" }),
    ];
    expect(replies.map((reply) => parseReply("service.facts", structuredClone(reply)).key.from)).toEqual([
      ...["none", "vault", "vault", "session"],
    ]);
    expect(parseReply("service.facts", replies[0])).toMatchObject({ keeping: "system", variable: { set: false } });
    expect(JSON.stringify(replies)).not.toContain(key);
    expect(everything()).not.toContain(key);
  });

  it("refuse to keep a key where the system protects nothing, unless one insists", async () => {
    const { raw } = await desk({ protects: false });
    const refused = await raw("service.enter-key", { ...asks, key, keep: "vault" });
    expect(refused).toMatchObject({ ok: false, error: { code: "vault.unprotected" } });
    const kept = await raw("service.enter-key", { ...asks, key, keep: "unprotected" });
    expect(parseReply("service.facts", kept)).toMatchObject({ keeping: "file", key: { protection: "file" } });
  });

  it("never quote a key that is not of its form", async () => {
    const { raw } = await desk();
    for (const bad of [`${key}\n`, ` ${key}`, key.repeat(1000), [key], { key }]) {
      const reply = await raw("service.enter-key", { ...asks, key: bad, keep: "session" });
      expect(reply).toMatchObject({ ok: false, error: { code: "desktop.request" } });
      expect(JSON.stringify(reply)).not.toContain(key);
    }
  });

  it("forget a key", async () => {
    const { raw } = await desk();
    await raw("service.enter-key", { ...asks, key, keep: "vault" });
    expect(parseReply("service.facts", await raw("service.forget-key", asks)).key).toEqual({ from: "none" });
  });

  it("test the saved profile with its key, and tell how it goes under the job's name", async () => {
    const { raw, orders, told } = await desk();
    await raw("service.enter-key", { ...asks, key, keep: "session" });
    expect(await raw("service.test", { ...asks, job: "t1" })).toEqual({ ok: true, answer: TEST });
    expect(orders).toMatchObject([{ ownerKey: key, profile: { https: { ca: CA, port: 443 } } }]);
    expect(told).toEqual([{ job: "t1", test: { ...TEST, state: "running" } }]);
  });

  it("test what stands in the form, for engineers, and never send the key to another address", async () => {
    const { raw, orders } = await desk();
    await raw("service.enter-key", { ...asks, key, keep: "vault" });
    const fields = {
      ...{ profile: 1, name: "Own service", service: "nrf-cloud" },
      https: { host: "device.example", ca: "ca.pem" },
      owner: { base: "https://evil.example/v1" },
    };
    await raw("service.try", { ...asks, fields, job: "t1" });
    expect(orders[0]).toMatchObject({ profile: { owner: { base: "https://evil.example/v1" } } });
    expect(orders[0]?.ownerKey).toBeUndefined();
    expect(await raw("service.try", { ...asks, fields, job: "t2" }, OPERATOR)).toMatchObject({ ok: false });
    expect(await raw("service.enter-key", { ...asks, key, keep: "session" }, OPERATOR)).toMatchObject({ ok: false });
    expect(await raw("service.test", { ...asks, job: "t3" }, OPERATOR)).toMatchObject({ ok: true });
  });

  it("show the environment's proxy without its password, and pass it on with it", async () => {
    const { raw, orders } = await desk({ proxy: "http://user:pa55word@proxy.example:3128" });
    const reply = await raw("service.facts", asks);
    expect(parseReply("service.facts", reply).proxy).toEqual({
      device: { from: "environment", address: "http://proxy.example:3128", signsIn: true },
      owner: { from: "environment", address: "http://proxy.example:3128", signsIn: true },
    });
    expect(JSON.stringify(reply)).not.toContain("pa55word");
    await raw("service.test", { ...asks, job: "t1" });
    expect(orders[0]).toMatchObject({ proxy: "http://user:pa55word@proxy.example:3128" });
  });

  it("say that an embedded service which does not run cannot be tested", async () => {
    const { raw } = await desk();
    const reply = await raw("service.test", { profile: "embedded", job: "t1" });
    expect(reply).toMatchObject({ ok: false, error: { code: "probe.embedded-off" } });
    expect(await raw("service.embedded", null)).toEqual({ ok: true, answer: null });
  });

  it("tell the embedded service's UDP port once it offers CoAP", async () => {
    const https = { host: "127.0.0.1", port: 41_203, ca: CA };
    const profile = ResolvedProfileSchema.parse({
      ...{ profile: 1, name: "Embedded service", service: "embedded" },
      ...{ https, owner: { base: "https://127.0.0.1:39029/v1" } },
    });
    const factsOf = async (more: Partial<ResolvedProfile>) => {
      const service = { profile: { ...profile, ...more }, ownerKey: KEY, folder: "service", caFile: "ca.pem" };
      const { raw } = await desk({ embedded: service });
      return raw("service.embedded", null);
    };
    const without = await factsOf({});
    expect(without).toMatchObject({ ok: true, answer: { httpsPort: 41_203, ownerPort: 39_029 } });
    expect(without).not.toHaveProperty("answer.coapsPort");
    expect(await factsOf({ coaps: { ...https, port: 45_231 } })).toMatchObject({ answer: { coapsPort: 45_231 } });
  });
});
