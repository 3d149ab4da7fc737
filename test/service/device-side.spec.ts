import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateKeyPairSync } from "node:crypto";
import { FakeDevice, report } from "./support/fake-device.ts";
import { ask, Harness } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const FINISHED = { finished: {} };

const post = (device: FakeDevice, body: Buffer, headers = {}) => harness.post(device, body, headers);

describe("statuses of the device side", () => {
  it("answers 200 with application/cbor, the length and Connection: close when commands wait", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.queue(device, FINISHED);
    const reply = await harness.get(device);
    expect(reply.status).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/cbor");
    expect(reply.headers["content-length"]).toBe(String(reply.body.length));
    expect(reply.headers.connection).toBe("close");
    expect(reply.headers["transfer-encoding"]).toBeUndefined();
  });

  it("answers 204 without body when nothing waits", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const reply = await harness.get(device);
    expect(reply).toMatchObject({ status: 204, body: Buffer.alloc(0) });
    expect(reply.headers["content-length"]).toBeUndefined();
  });

  it("answers 401 to an unclaimed device, to no token and to a foreign scheme", async () => {
    const device = new FakeDevice();
    expect((await harness.get(device)).status).toBe(401);
    const url = `${harness.service.https}/v1/provisioning/commands?after=`;
    expect((await ask(url, harness.ca)).status).toBe(401);
    const basic = await ask(url, harness.ca, { headers: { Authorization: "Basic AAAA" } });
    expect(basic).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
  });

  it("answers 404 for other paths and 405 with Allow for other methods", async () => {
    for (const path of ["/", "/v1/provisioning", "/v1/provisioning/commands/", "/v1/claimed-devices", "/__proto__"])
      expect((await ask(`${harness.service.https}${path}`, harness.ca)).status).toBe(404);
    const wrong = await ask(`${harness.service.https}/v1/provisioning/commands`, harness.ca, {
      method: "POST",
      body: "x",
    });
    expect(wrong).toMatchObject({ status: 405, headers: { allow: "GET" } });
    const read = await ask(`${harness.service.https}/v1/provisioning/response`, harness.ca);
    expect(read).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  it("answers 400 to a report that cannot be decoded, 415 to another type, 413 to a huge one", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    for (const body of ["", "80", "ff", "8183", "818278"]) {
      const reply = await post(device, Buffer.from(body, "hex"));
      expect(reply).toMatchObject({ status: 400, body: Buffer.alloc(0) });
    }
    expect((await post(device, Buffer.of(0x80), { "Content-Type": "application/json" })).status).toBe(415);
    expect((await post(device, Buffer.alloc(100_000))).status).toBe(413);
  });

  it("accepts a content type with parameters and in capitals", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const body = report([{ kind: "finished", id: "unknown.1" }]);
    expect((await post(device, body, { "Content-Type": "Application/CBOR; x=1" })).status).toBe(200);
  });

  it("logs requests without query, token or body", async () => {
    const device = new FakeDevice();
    await harness.get(device, "after=SECRET");
    const line = harness.lines.at(-1);
    expect(line).toMatchObject({ side: "device", method: "GET", path: "/v1/provisioning/commands", status: 401 });
    expect(JSON.stringify(line)).not.toContain("SECRET");
  });
});

describe("trust on first use", () => {
  it("accepts each known signature input of the attestation token, claim before first JWT", async () => {
    for (const input of ["message-as-aad", "nothing", "message-as-payload"] as const) {
      const device = new FakeDevice();
      const claim = await harness.owner("POST", "/v1/claimed-devices", { claimToken: device.attestation(input) });
      expect(claim.status).toBe(201);
      expect((await harness.get(device)).status).toBe(204);
    }
  });

  it("accepts a claim after the first JWT when the attestation token is of the pinned key, and refuses any other", async () => {
    const device = new FakeDevice();
    expect((await harness.get(device)).status).toBe(401);
    const thief = new FakeDevice(device.uuid);
    const refused = await harness.owner("POST", "/v1/claimed-devices", { claimToken: thief.attestation() });
    expect(refused.status).toBe(400);
    await harness.claim(device);
    expect((await harness.get(device)).status).toBe(204);
  });

  it("refuses another key for a claimed device, before and after the key was pinned", async () => {
    const device = new FakeDevice();
    const thief = new FakeDevice(device.uuid);
    await harness.claim(device);
    expect((await harness.get(thief)).status).toBe(401);
    expect((await harness.get(device)).status).toBe(204);
    expect((await harness.get(thief)).status).toBe(401);
    expect((await harness.get(device)).status).toBe(204);
  });

  it("refuses foreign algorithms, kids, signatures, issuers and times", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const now = Date.now();
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const bad = {
      "alg none": device.jwt(now, { header: { alg: "none" } }),
      "alg HS256": device.jwt(now, { header: { alg: "HS256" } }),
      "alg ES384": device.jwt(now, { header: { alg: "ES384" } }),
      "kid of another key": device.jwt(now, { header: { kid: new FakeDevice().kid } }),
      "no kid": device.jwt(now, { header: { kid: undefined } }),
      crit: device.jwt(now, { header: { crit: ["exp"] } }),
      "signed by another key": device.jwt(now, { key: other }),
      expired: device.jwt(now - 400_000),
      "no exp": device.jwt(now, { claims: { exp: undefined } }),
      "exp as text": device.jwt(now, { claims: { exp: "99999999999" } }),
      "no issuer": device.jwt(now, { claims: { iss: undefined } }),
      "issuer without uuid": device.jwt(now, { claims: { iss: "nRF9161.nobody" } }),
      "issuer without prefix": device.jwt(now, { claims: { iss: device.uuid } }),
      "no signature": device.jwt(now).replace(/\.[^.]*$/, "."),
      cut: device.jwt(now).slice(0, -4),
    };
    const answers = await Promise.all(
      Object.entries(bad).map(async ([name, token]) => {
        const url = `${harness.service.https}/v1/provisioning/commands`;
        const { status } = await ask(url, harness.ca, { headers: { Authorization: `Bearer ${token}` } });
        return [name, status] as const;
      }),
    );
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(Object.keys(bad).map((name) => [name, 401])));
    expect((await harness.get(device)).status).toBe(204);
  });

  it("accepts a clock that is a little late and any issuer prefix", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const late = device.jwt(Date.now() - 330_000, { claims: { iss: `a.b.${device.uuid.toUpperCase()}` } });
    const url = `${harness.service.https}/v1/provisioning/commands`;
    expect((await ask(url, harness.ca, { headers: { Authorization: `Bearer ${late}` } })).status).toBe(204);
  });
});
