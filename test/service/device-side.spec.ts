import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateKeyPairSync } from "node:crypto";
import { FakeDevice, privateKeyPem, report, successOf } from "./support/fake-device.ts";
import { ask, Harness } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const FINISHED = { finished: {} };
const CERTIFICATE = {
  serverCertificate: { secTag: 42, content: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
};

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

describe("a device's session", () => {
  it("hands out helpers before their commands, FINISHED last, and marks all succeeded", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const ids = await harness.queue(
      device,
      { finished: {} },
      { clientPrivateKeyGeneration: { secTag: 7 } },
      CERTIFICATE,
      {
        config: { "provisioning/interval-sec": "99" },
      },
    );
    const list = await harness.fetch(device);
    expect(list.map((command) => command.kind)).toEqual(["at", "at", "at", "at", "config", "finished"]);
    expect(list[0]).toMatchObject({ command: "%CMNG", parameters: "3,7,2", ignoreCmeErrors: [513] });
    expect(list[0]?.id).toBe(`${list[1]?.id ?? ""}.s`);
    expect(list[1]).toMatchObject({ command: "%KEYGEN", parameters: "7,2,1", ignoreCmeErrors: [] });
    expect(list[3]).toMatchObject({ parameters: `0,42,0,"${CERTIFICATE.serverCertificate.content}"` });
    for (const { id } of list) expect(id.length).toBeLessThanOrEqual(45);
    expect((await harness.status(device, ids[1]))["status"]).toBe("IN_PROGRESS");
    expect(await harness.report(device, successOf(list, device))).toBe(200);
    for (const id of ids) expect((await harness.status(device, id))["status"]).toBe("SUCCEEDED");
    expect(await harness.fetch(device, list.at(-1)?.id)).toEqual([]);
    const key = await harness.status(device, ids[1]);
    expect(key["response"]).toMatchObject({
      clientPrivateKeyGeneration: { secTag: 7, signatureVerified: true, pem: expect.stringContaining("PUBLIC KEY") },
    });
  });

  it("reads reports with indefinite lists", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id] = await harness.queue(device, FINISHED);
    const list = await harness.fetch(device);
    expect(await harness.report(device, successOf(list, device), "indefinite")).toBe(200);
    expect((await harness.status(device, id))["status"]).toBe("SUCCEEDED");
  });

  it("empties the queue at an error: the failed command and all behind it are marked failed", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [first, second, third, last] = await harness.queue(device, CERTIFICATE, CERTIFICATE, CERTIFICATE, FINISHED);
    const list = await harness.fetch(device);
    await harness.report(device, [
      ...successOf(list.slice(0, 3), device),
      { kind: "error", id: list[3]?.id ?? "", cme: 515, message: "+CME ERROR: 515\r\n" },
    ]);
    expect((await harness.status(device, first))["status"]).toBe("SUCCEEDED");
    expect(await harness.status(device, second)).toMatchObject({
      status: "FAILED",
      response: { serverCertificate: { cmeError: 515, message: "+CME ERROR: 515\r\n" } },
    });
    for (const id of [third, last]) expect((await harness.status(device, id))["status"]).toBe("FAILED");
    expect(await harness.fetch(device, list[3]?.id)).toEqual([]);
  });

  it("takes a text that does not end in OK for a failure, although the device calls it a result", async () => {
    for (const message of ["ERROR\r\n", "+CME ERROR: 0\r\n", "", "+CME ERROR: 514\r\n"]) {
      const device = new FakeDevice();
      await harness.claim(device);
      const [id, behind] = await harness.queue(device, { atCommand: { command: "%XPTW", parameters: "1" } }, FINISHED);
      const [command, finished] = await harness.fetch(device);
      await harness.report(device, [{ kind: "at", id: command?.id ?? "", message }]);
      expect((await harness.status(device, id))["status"]).toBe("FAILED");
      expect((await harness.status(device, behind))["status"]).toBe("FAILED");
      expect(finished?.kind).toBe("finished");
    }
  });

  it("takes an ignored error code for a success", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id] = await harness.queue(device, {
      atCommand: { command: "%CMNG", parameters: "3,1,2", ignoreCmeErrors: [513] },
    });
    const [command] = await harness.fetch(device);
    await harness.report(device, [{ kind: "at", id: command?.id ?? "", message: "+CME ERROR: 513\r\n" }]);
    expect((await harness.status(device, id))["status"]).toBe("SUCCEEDED");
  });

  it("fails a generated key whose digest, device or token is wrong", async () => {
    const wrong = [
      (device: FakeDevice) => device.keygen(1, { digest: Buffer.alloc(32) }),
      (device: FakeDevice) => device.keygen(1, { uuid: new FakeDevice().uuid }),
      () => '%KEYGEN: "abc.def"\r\nOK\r\n',
      () => "OK\r\n",
    ];
    for (const message of wrong) {
      const device = new FakeDevice();
      await harness.claim(device);
      const [id] = await harness.queue(device, { clientPrivateKeyGeneration: { secTag: 1 } });
      const [helper, command] = await harness.fetch(device);
      await harness.report(device, [
        { kind: "at", id: helper?.id ?? "", message: "OK\r\n" },
        { kind: "at", id: command?.id ?? "", message: message(device) },
      ]);
      expect(await harness.status(device, id)).toMatchObject({
        status: "FAILED",
        response: { clientPrivateKeyGeneration: { reason: expect.stringContaining("%KEYGEN") } },
      });
    }
  });

  it("acknowledges older FINISHED commands together with the newest", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const ids = await harness.queue(device, FINISHED, FINISHED);
    const list = await harness.fetch(device);
    expect(list).toHaveLength(1);
    await harness.report(device, successOf(list, device));
    for (const id of ids) expect((await harness.status(device, id))["status"]).toBe("SUCCEEDED");
  });

  it("cuts the list to limit and buffers, and the rest follows", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.queue(device, ...new Array<object>(6).fill({ clientPrivateKeyGeneration: { secTag: 3 } }), FINISHED);
    const first = await harness.fetch(device, "", "rxMaxSize=2304&txMaxSize=2304&limit=3");
    expect(first).toHaveLength(3);
    await harness.report(device, successOf(first, device));
    const second = await harness.fetch(device, first.at(-1)?.id, "rxMaxSize=1024&txMaxSize=2048&limit=10");
    expect(second.length).toBeGreaterThan(2);
    const reply = await harness.get(device, "after=&rxMaxSize=1024&txMaxSize=2048&limit=10");
    expect(reply.body.length).toBeLessThan(1024 - 400);
    await harness.report(device, successOf(second, device));
    const rest = await harness.fetch(device, second.at(-1)?.id);
    expect(rest.at(-1)?.kind).toBe("finished");
  });

  it("fails a command that can never reach the device, with the reason, and goes on with the others", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const big = { serverCertificate: { secTag: 1, content: "A".repeat(3000) } };
    const [id, last] = await harness.queue(device, big, FINISHED);
    expect((await harness.fetch(device)).map(({ kind }) => kind)).toEqual(["finished"]);
    expect(await harness.status(device, id)).toMatchObject({
      status: "FAILED",
      response: { serverCertificate: { reason: expect.stringMatching(/3\d\d\d bytes.*2303/) } },
    });
    expect((await harness.status(device, last))["status"]).toBe("IN_PROGRESS");
  });
});

describe("lost reports", () => {
  it("hands the same list out again when nothing of it was executed", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.queue(device, CERTIFICATE, FINISHED);
    const first = await harness.fetch(device);
    expect(await harness.fetch(device)).toEqual(first);
    expect(await harness.fetch(device, "of-another-server.1")).toEqual(first);
  });

  it("marks what was executed as unknown and goes on behind it", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [first, second, last] = await harness.queue(device, CERTIFICATE, { config: { a: "b" } }, FINISHED);
    const list = await harness.fetch(device);
    const rest = await harness.fetch(device, list[2]?.id);
    expect(rest.map(({ kind }) => kind)).toEqual(["finished"]);
    for (const id of [first, second])
      expect(await harness.status(device, id)).toMatchObject({ status: "FAILED", response: expect.anything() });
    expect(JSON.stringify(await harness.status(device, first))).toContain('"resultUnknown":true');
    await harness.report(device, successOf(rest, device));
    expect((await harness.status(device, last))["status"]).toBe("SUCCEEDED");
    expect(await harness.fetch(device, rest[0]?.id)).toEqual([]);
  });

  it("lets a late report say what really happened", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id] = await harness.queue(device, CERTIFICATE);
    const list = await harness.fetch(device);
    expect(await harness.fetch(device, list.at(-1)?.id)).toEqual([]);
    expect((await harness.status(device, id))["status"]).toBe("FAILED");
    await harness.report(device, successOf(list, device));
    expect((await harness.status(device, id))["status"]).toBe("SUCCEEDED");
  });

  it("ignores a report that comes twice", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id] = await harness.queue(device, CERTIFICATE, FINISHED);
    const list = await harness.fetch(device);
    await harness.report(device, successOf(list, device));
    expect(await harness.report(device, [{ kind: "error", id: list[1]?.id ?? "", cme: 1, message: "" }])).toBe(200);
    expect((await harness.status(device, id))["status"]).toBe("SUCCEEDED");
  });

  it("queues again what a report without error leaves out", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    await harness.queue(device, CERTIFICATE, FINISHED);
    const list = await harness.fetch(device);
    await harness.report(device, successOf(list.slice(0, 1), device));
    expect(await harness.fetch(device, list[0]?.id)).toEqual(list.slice(1));
  });

  it("never takes results of one device for another's commands", async () => {
    const device = new FakeDevice();
    const other = new FakeDevice();
    await Promise.all([harness.claim(device), harness.claim(other)]);
    const [id] = await harness.queue(device, CERTIFICATE);
    const list = await harness.fetch(device);
    expect(await harness.report(other, successOf(list, device))).toBe(200);
    expect((await harness.status(device, id))["status"]).toBe("IN_PROGRESS");
  });
});

describe("load", () => {
  it("serves 64 devices at once", async () => {
    const devices = Array.from({ length: 64 }, () => new FakeDevice());
    const outcomes = await Promise.all(
      devices.map(async (device) => {
        await harness.claim(device);
        const ids = await harness.queue(
          device,
          { endorsementKeyGeneration: { secTag: 5 } },
          { clientPrivateKey: { secTag: 5, content: privateKeyPem() } },
          FINISHED,
        );
        const list = await harness.fetch(device);
        await harness.report(device, successOf(list, device));
        return Promise.all(ids.map(async (id) => (await harness.status(device, id))["status"]));
      }),
    );
    expect(outcomes.flat().every((status) => status === "SUCCEEDED")).toBe(true);
  });
});
