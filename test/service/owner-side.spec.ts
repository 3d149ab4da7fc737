import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeDevice } from "./support/fake-device.ts";
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

const bulk = async (csv: string) => {
  const reply = await raw("/v1/claimed-devices", { contentType: "text/csv" }, csv);
  return { status: reply.status, json: JSON.parse(reply.body.toString()) as Json };
};

describe("API keys", () => {
  it("answers 401 with a message to no key and to a wrong one, on every path", async () => {
    for (const path of ["/v1/claimed-devices", "/v1/provisioning-rules", "/nothing"]) {
      const none = await ask(`${harness.service.owner}${path}`, harness.ca);
      expect(none).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
      expect(JSON.parse(none.body.toString())).toHaveProperty("message");
      const wrong = await ask(`${harness.service.owner}${path}`, harness.ca, {
        headers: { Authorization: `Bearer ${"0".repeat(64)}` },
      });
      expect(wrong.status).toBe(401);
    }
  });
});

describe("claiming", () => {
  it("answers 202 to a dry run and claims nothing", async () => {
    const device = new FakeDevice();
    const dry = await harness.owner("POST", "/v1/claimed-devices?dryrun=true", { claimToken: device.attestation() });
    expect(dry.status).toBe(202);
    expect((await harness.owner("GET", `/v1/claimed-devices/${device.uuid}`)).status).toBe(404);
  });

  it("answers 201 with what the token says", async () => {
    const device = new FakeDevice();
    const { status, json } = await harness.owner("POST", "/v1/claimed-devices", {
      claimToken: device.attestation(),
      tags: ["a,b", "line 1", "a", ""],
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      id: device.uuid,
      deviceType: "nRF9151_LACA",
      firmwareId: "1aff3acb-f1a6-4764-a263-4c2646c1c654",
      tags: ["a", "b", "line 1"],
      ownershipStatus: "IDENTIFIED",
      status: "READY",
    });
    const found = await harness.owner("GET", `/v1/claimed-devices/${device.uuid.toUpperCase()}`);
    expect(found.json).toMatchObject({ id: device.uuid });
  });

  it("answers 409 to a second claim, for real and dry, and 400 to what is no token", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    for (const query of ["", "?dryrun=true"]) {
      const again = await harness.owner("POST", `/v1/claimed-devices${query}`, { claimToken: device.attestation() });
      expect(again.status).toBe(409);
      const wrong = await harness.owner("POST", `/v1/claimed-devices${query}`, { claimToken: "a.b" });
      expect(wrong.status).toBe(400);
    }
  });

  it("forgets a device with its queue and key at 204, and answers 404 afterwards", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const [id] = await harness.queue(device, { finished: {} });
    await harness.get(device);
    expect((await harness.owner("DELETE", `/v1/claimed-devices/${device.uuid}`)).status).toBe(204);
    expect((await harness.owner("DELETE", `/v1/claimed-devices/${device.uuid}`)).status).toBe(404);
    expect((await harness.get(device)).status).toBe(401);
    await harness.claim(device);
    expect((await harness.owner("GET", `/v1/claimed-devices/${device.uuid}/provisioning/${id ?? ""}`)).status).toBe(
      404,
    );
    expect((await harness.get(device)).status).toBe(204);
  });

  it("pages through the claimed devices", async () => {
    await Promise.all(Array.from({ length: 5 }, () => harness.claim(new FakeDevice())));
    const seen: string[] = [];
    let token: unknown = "";
    while (typeof token === "string") {
      const { json } = await harness.owner("GET", `/v1/claimed-devices?pageLimit=2&pageNextToken=${token}`);
      const items = json["items"] as readonly { readonly id: string }[];
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(({ id }) => id));
      token = json["pageNextToken"];
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted());
  });
});

describe("bulk claims", () => {
  it("claims each row by itself, tags joined by commas, with the header as the vendor's script spells it", async () => {
    const [first, second] = [new FakeDevice(), new FakeDevice()];
    const csv = `"${first.attestation()}","t1,t2"\n"broken","t1"\n"${second.attestation()}"\n"${first.attestation()}",""\n`;
    const { status, json } = await bulk(csv);
    expect(status).toBe(201);
    expect(json["claimedIds"]).toEqual([first.uuid, second.uuid]);
    expect(json["failed"]).toMatchObject([{ row: 2 }, { row: 4, id: first.uuid }]);
    expect((await harness.owner("GET", `/v1/claimed-devices/${first.uuid}`)).json).toMatchObject({
      tags: ["t1", "t2"],
    });
  });

  it("takes text/csv as Content-Type too, and answers 200 when nothing was claimed", async () => {
    const reply = await raw("/v1/claimed-devices", { "Content-Type": "text/csv; charset=utf-8" }, '"x"\n');
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ claimedIds: [], failed: [{ row: 1 }] });
  });

  it("never repeats a token in its answer", async () => {
    const token = new FakeDevice().attestation().replace(/^../, "AA");
    const { json } = await bulk(`"${token}"\n`);
    expect(JSON.stringify(json)).not.toContain(token.slice(0, 20));
  });

  it("answers 413 beyond 1000 rows and 400 to what is no CSV", async () => {
    expect((await bulk('"x"\n'.repeat(1001))).status).toBe(413);
    expect((await bulk('"x\n')).status).toBe(400);
    expect((await bulk(`"${"x".repeat(10_000)}"\n`)).status).toBe(400);
  });
});

describe("statuses of the owner side", () => {
  it("answers 404, 405 with Allow, 413, 415 and 400 as JSON with a message", async () => {
    const big = JSON.stringify({ claimToken: "x".repeat(300_000) });
    const replies = [
      [404, await raw("/v1/nothing", {}, "")],
      [
        405,
        await ask(`${harness.service.owner}/v1/claimed-devices`, harness.ca, {
          method: "PUT",
          headers: { Authorization: harness.bearer },
        }),
      ],
      [413, await raw("/v1/claimed-devices", { "Content-Type": "application/json" }, big)],
      [415, await raw("/v1/claimed-devices", { "Content-Type": "application/x-www-form-urlencoded" }, "{}")],
      [400, await raw("/v1/claimed-devices", { "Content-Type": "application/json" }, "{")],
    ] as const;
    for (const [status, reply] of replies) {
      expect(reply.status).toBe(status);
      expect(JSON.parse(reply.body.toString())).toHaveProperty("message");
    }
    expect(replies[1][1].headers.allow).toBe("GET, POST");
  });
});
