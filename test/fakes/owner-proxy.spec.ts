import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeDevice } from "../service/support/fake-device.ts";
import { ask, Harness, type Json } from "../service/support/harness.ts";
import { OwnerProxy } from "./owner-proxy.ts";

let harness: Harness;
let proxy: OwnerProxy;

beforeEach(async () => {
  harness = await Harness.start();
  proxy = await OwnerProxy.start(harness.service);
});

afterEach(async () => {
  await proxy.stop();
  await harness.stop();
});

const claim = (device: FakeDevice) =>
  ask(`${proxy.owner}/v1/claimed-devices`, harness.ca, {
    method: "POST",
    headers: { Authorization: harness.bearer, "Content-Type": "application/json" },
    body: JSON.stringify({ claimToken: device.attestation() }),
  });

const isClaimed = async (device: FakeDevice) =>
  (await harness.owner("GET", `/v1/claimed-devices/${device.uuid}`)).status === 200;

describe("the proxy in front of the owner side", () => {
  it("passes requests and answers on", async () => {
    const device = new FakeDevice();
    expect((await claim(device)).status).toBe(201);
    expect(await isClaimed(device)).toBe(true);
    expect(proxy.calls).toMatchObject([{ method: "POST", path: "/v1/claimed-devices", count: 1 }]);
  });

  it("cuts the connection before or after a claim took effect", async () => {
    const [before, after] = [new FakeDevice(), new FakeDevice()];
    proxy.twist(({ count }) => ({ kind: "drop", when: count === 1 ? "before" : "after" }));
    await expect(claim(before)).rejects.toThrow();
    await expect(claim(after)).rejects.toThrow();
    expect([await isClaimed(before), await isClaimed(after)]).toEqual([false, true]);
  });

  it("answers in the service's place, and keeps an answer back until it is let go", async () => {
    proxy.twist(() => ({ kind: "answer", status: 429, headers: { "Retry-After": "3" } }));
    expect(await claim(new FakeDevice())).toMatchObject({ status: 429, headers: { "retry-after": "3" } });
    let letGo = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    proxy.twist(() => ({ kind: "slow", until }));
    const answered = claim(new FakeDevice());
    letGo();
    expect((await answered).status).toBe(201);
  });

  it("makes a result that never becomes final", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id = ""] = await harness.queue(device, { finished: {} });
    proxy.twist(() => ({
      kind: "pass",
      change: (reply) => {
        const json = JSON.parse(reply.body.toString()) as Json;
        return { ...reply, body: Buffer.from(JSON.stringify({ ...json, status: "IN_PROGRESS" })) };
      },
    }));
    const reply = await ask(`${proxy.owner}/v1/claimed-devices/${device.uuid}/provisioning/${id}`, harness.ca, {
      headers: { Authorization: harness.bearer },
    });
    expect(JSON.parse(reply.body.toString())).toMatchObject({ id, status: "IN_PROGRESS" });
  });
});
