import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeDeviceCertificate } from "./support/device-certificate.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { Harness, type Json } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

type WireAnswer = { readonly line: string; readonly head: string; readonly json: Json };

/** One request as Python's requests puts it on the wire: its own headers first, then those given, then those of the body. */
function exchange(method: string, path: string, given: readonly string[], body = "", type = ""): Promise<WireAnswer> {
  const lines = [
    `${method} /v1/${path} HTTP/1.1`,
    `Host: 127.0.0.1:${harness.service.ownerPort}`,
    "User-Agent: python-requests/2.32.5",
    ...(given.some((line) => /^accept-encoding:/i.test(line)) ? [] : ["Accept-Encoding: gzip, deflate"]),
    "Accept: */*",
    "Connection: keep-alive",
    ...given,
    ...(method === "GET" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...(type === "" ? [] : [`Content-Type: ${type}`]),
  ];
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: harness.service.ownerPort, ca: harness.ca };
    const socket = connect(options, () => socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("data", (chunk: string) => {
      text += chunk;
      const [head = "", rest] = text.split("\r\n\r\n", 2);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (rest === undefined || Buffer.byteLength(rest) < length) return;
      socket.destroy();
      resolve({ line: head.split("\r\n", 1)[0] ?? "", head, json: JSON.parse(rest === "" ? "{}" : rest) as Json });
    });
  });
}

const authorized = () => [`Authorization: ${harness.bearer}`];
/** JSON as Python writes it. */
const python = (value: object): string =>
  JSON.stringify(value, undefined, 1)
    .replaceAll(/\n */g, " ")
    .replaceAll(/([{[]) | ([}\]])/g, "$1$2");

describe("the vendor's requests, byte for byte", () => {
  it("claim with a list that holds one text of tags", async () => {
    const device = new FakeDevice();
    const body = `{"claimToken": "${device.attestation()}", "tags": ["nrf-cloud-onboarding,line"]}`;
    const { line, json } = await exchange("POST", "claimed-devices", authorized(), body, "application/json");
    expect(line).toBe("HTTP/1.1 201 Created");
    expect(json).toMatchObject({ id: device.uuid, tags: ["nrf-cloud-onboarding", "line"] });
    const gone = await exchange("DELETE", `claimed-devices/${device.uuid}`, authorized());
    expect(gone.line).toBe("HTTP/1.1 204 No Content");
    expect(gone.head).not.toMatch(/content-length|transfer-encoding/i);
  });

  it("claim in bulk with contentType and without Content-Type, every field quoted", async () => {
    const devices = [new FakeDevice(), new FakeDevice()];
    const rows = devices.map((device) => `"${device.attestation()}","a,b"\n`).join("");
    const { line, json } = await exchange(
      "POST",
      "claimed-devices",
      [...authorized(), "contentType: text/csv"],
      `${rows}"${devices[0]?.attestation() ?? ""}"\n`,
    );
    expect(line).toBe("HTTP/1.1 201 Created");
    expect(json["claimedIds"]).toEqual(devices.map(({ uuid }) => uuid));
    expect(json["failed"]).toHaveLength(1);
  });

  it("queue a CSR and read it while it is pending", async () => {
    const device = new FakeDevice();
    await harness.claim(device);
    const request = { certificateSigningRequest: { attributes: "CN=x", keyUsage: "101010000", secTag: 16842753 } };
    const body = python({ description: "Generate CSR", request });
    expect(body).toContain(
      '{"description": "Generate CSR", "request": {"certificateSigningRequest": {"attributes": "CN=x"',
    );
    const path = `claimed-devices/${device.uuid}/provisioning`;
    const queued = await exchange("POST", path, authorized(), body, "application/json");
    expect(queued.line).toBe("HTTP/1.1 201 Created");
    const read = await exchange("GET", `${path}/${String(queued.json["id"])}`, authorized());
    expect(read).toMatchObject({ line: "HTTP/1.1 200 OK", json: { status: "PENDING" } });
  });

  it("onboard with text/plain in lower case and Accept-Encoding *", async () => {
    const headers = [...authorized(), "content-type: text/plain", "Accept-Encoding: *"];
    const row = `wire-1,,,APP|MODEM,"${makeDeviceCertificate("wire-1")}"\n`;
    const { line, head, json } = await exchange("POST", "devices", headers, row);
    expect(line).toBe("HTTP/1.1 202 Accepted");
    expect(head).not.toMatch(/content-encoding/i);
    const operation = await exchange("GET", `bulk-ops-requests/${String(json["bulkOpsRequestId"])}`, authorized());
    expect(operation.json).toMatchObject({ status: "SUCCEEDED", bulkOpsRequestId: json["bulkOpsRequestId"] });
  });

  it("onboard by a token of the device's own", async () => {
    const body = python({
      onboardingToken: new FakeDevice().jwt(),
      subType: "nRF93M1",
      tags: ["nRF93M1-EK"],
      supportedFirmwareTypes: ["MODEM"],
    });
    const headers = [...authorized(), "Accept: application/json"];
    const { line, json } = await exchange("POST", "devices/nrf93-1", headers, body, "application/json");
    expect(line).toBe("HTTP/1.1 201 Created");
    expect(json).toMatchObject({ id: "nrf93-1", subType: "nRF93M1", firmware: { supports: ["MODEM"] } });
  });

  it("keep the connection for the next request", async () => {
    expect((await exchange("GET", "account", authorized())).head).toMatch(/connection: keep-alive/i);
  });
});
