import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeDevice, privateKeyPem, successOf } from "./support/fake-device.ts";
import { ask, Harness, type Json } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const raw = (path: string, headers: Readonly<Record<string, string>>, body: string) =>
  ask(`${harness.service.owner}${path}`, harness.ca, {
    method: "POST",
    headers: { Authorization: harness.bearer, ...headers },
    body,
  });

describe("provisioning commands", () => {
  it("answers 201 with an id and lists what was queued", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const path = `/v1/claimed-devices/${device.uuid}/provisioning`;
    const made = await harness.owner("POST", path, { description: "Generate CSR", request: { finished: {} } });
    expect(made).toMatchObject({ status: 201, json: { status: "PENDING", description: "Generate CSR" } });
    const list = await harness.owner("GET", path);
    expect(list.json).toMatchObject({ total: 1, items: [{ id: made.json["id"] }] });
    expect((await harness.owner("GET", `${path}/nothing`)).status).toBe(404);
    expect(
      (
        await harness.owner("POST", `/v1/claimed-devices/${new FakeDevice().uuid}/provisioning`, {
          request: { finished: {} },
        })
      ).status,
    ).toBe(404);
  });

  it("takes a command out of the queue, fetched or not, and ignores its result", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [first, second] = await harness.queue(device, { config: { a: "1" } }, { finished: {} });
    const path = `/v1/claimed-devices/${device.uuid}/provisioning`;
    const list = await harness.fetch(device);
    expect((await harness.owner("DELETE", `${path}/${first ?? ""}`)).status).toBe(204);
    expect((await harness.owner("DELETE", `${path}/${first ?? ""}`)).status).toBe(404);
    expect(await harness.report(device, successOf(list, device))).toBe(200);
    expect((await harness.status(device, second))["status"]).toBe("SUCCEEDED");
    expect((await harness.owner("GET", path)).json["total"]).toBe(1);
  });

  it("keeps the newest 100 commands of a device", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    for (let round = 0; round < 6; round++) {
      await harness.queue(device, ...new Array<object>(20).fill({ finished: {} }));
      await harness.report(device, successOf(await harness.fetch(device), device));
    }
    const path = `/v1/claimed-devices/${device.uuid}/provisioning`;
    expect((await harness.owner("GET", path)).json["total"]).toBe(100);
  });

  it("brings the CSR back as the vendor's script wants it, with CN in the attributes", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id] = await harness.queue(device, {
      certificateSigningRequest: { attributes: "CN=nrf-1,O=Example", keyUsage: "101010000", secTag: 16842753 },
    });
    const list = await harness.fetch(device);
    expect(list[1]).toMatchObject({ command: "%KEYGEN", parameters: '16842753,2,0,"CN=nrf-1,O=Example","101010000"' });
    await harness.report(device, successOf(list, device));
    const response = (await harness.status(device, id))["response"] as Json;
    const csr = response["certificateSigningRequest"] as Json;
    expect(csr["message"]).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  it("refuses the 21st open command with 409", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.queue(device, ...new Array<object>(20).fill({ finished: {} }));
    const more = await harness.owner("POST", `/v1/claimed-devices/${device.uuid}/provisioning`, {
      request: { finished: {} },
    });
    expect(more).toMatchObject({ status: 409, json: { message: expect.stringContaining("20 commands") as unknown } });
  });

  it("writes a PSK and its identity, and shows neither secret", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const secret = "00112233445566778899aabbccddeeff";
    const [id] = await harness.queue(device, { preSharedKey: { secTag: 9, identity: "id-1", secret } });
    const list = await harness.fetch(device);
    expect(list.map((command) => (command.kind === "at" ? command.parameters : ""))).toEqual([
      "3,9,3",
      `0,9,3,"${secret}"`,
      "3,9,4",
      '0,9,4,"id-1"',
    ]);
    expect(JSON.stringify(await harness.status(device, id))).not.toContain(secret);
  });

  it("writes a private key with its password", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const content = privateKeyPem();
    await harness.queue(device, { clientPrivateKey: { secTag: 9, content, password: "pass" } });
    expect((await harness.fetch(device))[1]).toMatchObject({ parameters: `0,9,2,"${content}","pass"` });
  });

  it("takes settings as a map and as one pair", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.queue(device, { config: { a: "1", b: "2" } }, { config: { key: "c", value: "3" } });
    const list = await harness.fetch(device);
    expect(list.map((command) => (command.kind === "config" ? command.properties : []))).toEqual([
      [
        ["a", "1"],
        ["b", "2"],
      ],
      [["c", "3"]],
    ]);
  });

  it("names the field of a bad request", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const bad: readonly (readonly [unknown, RegExp])[] = [
      [{ request: {} }, /request: must hold exactly one of/],
      [{ request: { finished: {}, config: {} } }, /exactly one/],
      [{ request: { serverCertificate: { secTag: -1, content: "x" } } }, /request\.serverCertificate\.secTag/],
      [{ request: { serverCertificate: { secTag: 1, content: 'a"b' } } }, /content: must not contain quotes/],
      [{ request: { serverCertificate: { secTag: 1, content: "x", more: 1 } } }, /more/],
      [{ request: { preSharedKey: { secTag: 1, identity: "a", secret: "xyz" } } }, /secret: must be hex/],
      [{ request: { config: {} } }, /config: must hold 1 to 10/],
      [{ request: { atCommand: { command: "%X Y" } } }, /atCommand\.command/],
      [{ request: { certificateSigningRequest: { secTag: 1, keyUsage: "2" } } }, /keyUsage: must be 9/],
      [{ request: { finished: {} }, extra: 1 }, /extra/],
      [[], /body/],
    ];
    for (const [body, message] of bad) {
      const reply = await harness.owner("POST", `/v1/claimed-devices/${device.uuid}/provisioning`, body);
      expect(reply).toMatchObject({ status: 400, json: { message: expect.stringMatching(message) as unknown } });
    }
  });

  it("never repeats a secret in the refusal of a bad request", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const path = `/v1/claimed-devices/${device.uuid}/provisioning`;
    for (const body of [
      '{"request":{"clientPrivateKey":{"secTag":1,"content":"PLANTED\\"x"}}}',
      '{"request":{"preSharedKey":{"secTag":1,"identity":"a","secret":"PLANTED"}}}',
      '{"request":{"clientPrivateKey":{"content":"PLANTED',
    ]) {
      const reply = await raw(path, { "Content-Type": "application/json" }, body);
      expect(reply.status).toBe(400);
      expect(reply.body.toString()).not.toContain("PLANTED");
    }
    expect(JSON.stringify(harness.errors.map(({ message, facts }) => ({ message, facts })))).not.toContain("PLANTED");
  });
});

describe("rules and tags", () => {
  it("queues the commands of a matching rule once, at the claim or at the next fetch", async () => {
    const early = new FakeDevice();
    await harness.claim(early, ["onboarding-x"]);
    const rule = {
      name: "Onboarding",
      description: "for tests",
      active: true,
      commands: [
        { request: { clientPrivateKeyGeneration: { secTag: 16842753 } } },
        { request: { cloudAccessKeyGeneration: { secTag: 16842753 } } },
        { request: { serverCertificate: { secTag: 16842753, content: "-----BEGIN CERTIFICATE-----\n" } } },
      ],
      tags: ["onboarding-x"],
    };
    expect((await harness.owner("POST", "/v1/provisioning-rules", rule)).status).toBe(201);
    const inactive = { ...rule, active: false, name: "Never" };
    expect((await harness.owner("POST", "/v1/provisioning-rules", inactive)).status).toBe(201);
    const rules = await harness.owner("GET", "/v1/provisioning-rules");
    expect(rules).toMatchObject({ status: 200, json: { items: [rule, inactive] } });
    const late = new FakeDevice();
    await harness.claim(late, ["onboarding-x"]);
    for (const device of [early, late]) {
      const list = await harness.fetch(device);
      expect(list.map(({ kind }) => kind)).toEqual(["at", "at", "at", "at", "at", "at"]);
      await harness.report(device, successOf(list, device));
      expect(await harness.fetch(device)).toEqual([]);
    }
    const stranger = new FakeDevice();
    await harness.claim(stranger, ["other"]);
    expect(await harness.fetch(stranger)).toEqual([]);
  });

  it("refuses secrets in rules", async () => {
    const reply = await harness.owner("POST", "/v1/provisioning-rules", {
      name: "x",
      commands: [{ request: { clientPrivateKey: { secTag: 1, content: privateKeyPem() } } }],
      tags: ["x"],
    });
    expect(reply.status).toBe(400);
  });

  it("keeps tags", async () => {
    expect((await harness.owner("POST", "/v1/provisioning/tags", { tag: "t", description: "one" })).status).toBe(201);
    expect((await harness.owner("POST", "/v1/provisioning/tags", { tag: "t", description: "two" })).status).toBe(201);
    const tags = await harness.owner("GET", "/v1/provisioning/tags");
    expect(tags).toMatchObject({ status: 200, json: { items: [{ tag: "t", description: "two" }] } });
  });
});
