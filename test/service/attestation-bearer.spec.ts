import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCommandList } from "../../src/provisioning/command-list-decoder.ts";
import { FakeDevice, report, successOf, type SignatureInput } from "./support/fake-device.ts";
import { ask, Harness } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const QUERY = "after=&rxMaxSize=1536&txMaxSize=1536&mver=99.99.99&cver=1";

/** A fetch as devices of older libraries send it. */
const fetchWith = (token: string) =>
  ask(`${harness.service.https}/v1/provisioning/commands?${QUERY}`, harness.ca, {
    headers: { Accept: "application/cbor", Authorization: `Bearer att.${token}` },
  });

describe("a device that shows attestation tokens in place of JWTs", () => {
  it.each<SignatureInput>(["message-as-aad", "nothing", "message-as-payload"])(
    "is given its commands and reports them, its signature input being %s",
    async (form) => {
      const device = new FakeDevice();
      await harness.owner("POST", "/v1/claimed-devices", { claimToken: device.attestation(form) });
      const [id] = await harness.queue(device, { config: { a: "1" } });
      const fetched = await fetchWith(device.attestation(form));
      expect(fetched.status).toBe(200);
      const list = decodeCommandList(fetched.body, { records: 20, input: "canonical" });
      const sent = await ask(`${harness.service.https}/v1/provisioning/response`, harness.ca, {
        method: "POST",
        headers: { "Content-Type": "application/cbor", Authorization: `Bearer att.${device.attestation(form)}` },
        body: report(successOf(list, device)),
      });
      expect(sent.status).toBe(200);
      expect(await harness.status(device, id)).toMatchObject({ status: "SUCCEEDED" });
      expect((await harness.owner("GET", `/v1/claimed-devices/${device.uuid}`)).json).toMatchObject({
        modemFirmware: "99.99.99",
      });
      // One key can have signed both tokens: it is the device's from now on, JWTs included.
      expect((await fetchWith(new FakeDevice(device.uuid).attestation(form))).status).toBe(401);
      expect((await harness.get(device)).status).toBe(204);
      expect((await harness.get(new FakeDevice(device.uuid))).status).toBe(401);
    },
  );

  it("is believed with the token that it was claimed with, and its key stays open until another token settles it", async () => {
    const device = new FakeDevice();
    const token = device.attestation();
    await harness.owner("POST", "/v1/claimed-devices", { claimToken: token });
    expect((await fetchWith(token)).status).toBe(204);
    expect((await harness.get(new FakeDevice(device.uuid))).status).toBe(401);
    expect((await harness.get(device)).status).toBe(204);
    expect((await fetchWith(device.attestation())).status).toBe(204);
  });

  it("is refused with 401 when it is not claimed, when another key signed, and when the token is none", async () => {
    const device = new FakeDevice();
    expect((await fetchWith(device.attestation())).status).toBe(401);
    await harness.claim(device);
    for (const token of [new FakeDevice(device.uuid).attestation(), "x", device.jwt(), `${device.attestation()}A`])
      expect((await fetchWith(token)).status).toBe(401);
    expect((await fetchWith(device.attestation())).status).toBe(204);
  });
});
