import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeDevice, privateKeyPem, successOf } from "./support/fake-device.ts";
import { Harness } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const FINISHED = { finished: {} };
const CERTIFICATE = {
  serverCertificate: { secTag: 42, content: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
};

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
      clientPrivateKeyGeneration: {
        secTag: 7,
        signatureVerified: true,
        pem: expect.stringContaining("PUBLIC KEY") as unknown,
      },
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
        response: { clientPrivateKeyGeneration: { reason: expect.stringContaining("%KEYGEN") as unknown } },
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
      response: { serverCertificate: { reason: expect.stringMatching(/3\d\d\d bytes.*2303/) as unknown } },
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
      expect(await harness.status(device, id)).toMatchObject({
        status: "FAILED",
        response: expect.anything() as unknown,
      });
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
