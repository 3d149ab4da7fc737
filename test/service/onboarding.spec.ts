import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOnboardingToken } from "../../src/service/onboarding-token.ts";
import { makeDeviceCertificate } from "./support/device-certificate.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { ask, Harness, type Json } from "./support/harness.ts";

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.start();
});

afterAll(() => harness.stop());

const post = async (csv: string | Buffer, type = "text/csv") => {
  const reply = await ask(`${harness.service.owner}/v1/devices`, harness.ca, {
    method: "POST",
    headers: { Authorization: harness.bearer, "Content-Type": type },
    body: csv,
  });
  return { status: reply.status, json: JSON.parse(reply.body.toString()) as Json };
};

/** The errors of an onboarding, empty when every row was taken. */
async function errorsOf(csv: string): Promise<readonly string[]> {
  const { status, json } = await post(csv);
  expect(status).toBe(202);
  const { json: operation } = await harness.owner("GET", `/v1/bulk-ops-requests/${String(json["bulkOpsRequestId"])}`);
  const address = operation["errorSummaryUrl"];
  if (typeof address !== "string") return [];
  const summary = await ask(address, harness.ca);
  return (JSON.parse(summary.body.toString()) as { readonly errors: readonly string[] }).errors;
}

describe("onboarding", () => {
  it("tells why each bad row was not taken, and takes the good ones", async () => {
    const [certificate, other] = [makeDeviceCertificate("a"), makeDeviceCertificate("b")];
    const rows = [
      `on-1,sub/type,a|b,APP|MODEM,"${certificate}"`,
      `on 2,,,,"${other}"`,
      `on-3,,a b,,"${other}"`,
      `on-4,,,APP|OTHER,"${other}"`,
      `on-5,,,,"no certificate"`,
      `on-6,,,,"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"`,
      `on-7,,,,"${makeDeviceCertificate("c", "P-384")}"`,
      `on-8,,,`,
      `on-9,,,,"${certificate}"`,
      `on-1,,,,"${other}"`,
      `on-1,sub/type,a|b,APP|MODEM,"${certificate}"`,
    ];
    const errors = await errorsOf(`${rows.join("\n")}\n`);
    // The vendor's script joins device ids and reasons by commas, without quotes.
    expect(errors.filter((error) => /[,"\n]/.test(error))).toEqual([]);
    expect(errors).toEqual([
      expect.stringMatching(/^\[1\]: device id: /),
      expect.stringMatching(/^\[2\]: tags: /),
      expect.stringMatching(/^\[3\]: firmware types: /),
      expect.stringMatching(/^\[4\]: certificate: must be one certificate/),
      expect.stringMatching(/^\[5\]: certificate: must be for a key of the curve P-256/),
      expect.stringMatching(/^\[6\]: certificate: must be for a key of the curve P-256/),
      expect.stringMatching(/^\[7\]: the row must have 5 fields/),
      expect.stringMatching(/^\[8\]: the certificate is onboarded already with another device/),
      expect.stringMatching(/^\[9\]: the device on-1 is onboarded already with other attributes/),
    ]);
    expect((await harness.owner("GET", "/v1/devices/on-1")).json).toMatchObject({
      subType: "sub/type",
      tags: ["a", "b"],
    });
    expect((await harness.owner("GET", "/v1/devices/on-9")).status).toBe(404);
  });

  it("answers 400 to no rows and to what is no CSV, 413 beyond 1000 rows, 415 to JSON", async () => {
    expect((await post("\n\n")).status).toBe(400);
    expect((await post('a,"b\n')).status).toBe(400);
    expect((await post("a,b\n".repeat(1001))).status).toBe(413);
    expect((await post("x".repeat(4_200_000))).status).toBe(413);
    expect((await post("{}", "application/json")).status).toBe(415);
  });

  it("keeps another team's ids and operations apart", async () => {
    const key = harness.service.addKey("other team", "owner", "others").reveal();
    const certificate = makeDeviceCertificate("d");
    await errorsOf(`apart-1,,,,"${certificate}"\n`);
    const other = async (method: string, path: string, body?: string) => {
      const headers = { Authorization: `Bearer ${key}`, "Content-Type": "text/csv" };
      const reply = await ask(`${harness.service.owner}/v1/${path}`, harness.ca, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      return { status: reply.status, json: JSON.parse(reply.body.toString() || "{}") as Json };
    };
    expect((await other("GET", "devices/apart-1")).status).toBe(404);
    expect((await other("DELETE", "devices/apart-1")).status).toBe(404);
    expect((await other("GET", "devices")).json).toEqual({ items: [], total: 0 });
    const { json } = await other("POST", "devices", `apart-1,,,,"${certificate}"\n`);
    const path = `bulk-ops-requests/${String(json["bulkOpsRequestId"])}`;
    expect((await other("GET", path)).json).toMatchObject({ status: "FAILED" });
    expect((await harness.owner("GET", `/v1/${path}`)).status).toBe(404);
  });

  it("gives files to whoever knows their address, and 404 for every other name", async () => {
    const { json } = await post("x,,,,y\n");
    const { json: operation } = await harness.owner("GET", `/v1/bulk-ops-requests/${String(json["bulkOpsRequestId"])}`);
    const sent = await ask(String(operation["uploadedDataUrl"]), harness.ca);
    expect([sent.status, sent.headers["content-type"], sent.body.toString()]).toEqual([200, "text/csv", "x,,,,y\n"]);
    const address = `${harness.service.owner}/v1/bulk-ops-files/${"0".repeat(32)}.json`;
    expect((await ask(address, harness.ca)).status).toBe(404);
    expect((await ask(`${harness.service.owner}/v1/bulk-ops-files/..%2fowner-key`, harness.ca)).status).toBe(401);
  });

  it("lists the devices that take a type of firmware, page by page", async () => {
    const key = harness.service.addKey("firmware", "owner", "firmware").reveal();
    const call = async (method: string, path: string, body?: string) => {
      const reply = await ask(`${harness.service.owner}/v1/${path}`, harness.ca, {
        method,
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "text/csv" },
        ...(body === undefined ? {} : { body }),
      });
      return JSON.parse(reply.body.toString()) as Json;
    };
    const rows = ["f:1,,,APP|MODEM", "f:2,,,MODEM", "f:3,,,", "f:4,,,BOOT|MODEM"];
    await call("POST", "devices", rows.map((row) => `${row},"${makeDeviceCertificate(row)}"\n`).join(""));
    const found = async (query: string): Promise<string> => {
      const { items, total } = await call("GET", `devices?pageSort=desc&${query}`);
      return `${(items as readonly { readonly id: string }[]).map(({ id }) => id).join(" ")} of ${String(total)}`;
    };
    expect(await found("firmwareSupport=MODEM")).toBe("f:4 f:2 f:1 of 3");
    expect(await found("pageLimit=2&firmwareSupport=MODEM")).toBe("f:4 f:2 of 3");
    expect(await found("firmwareSupport=MODEM&firmwareSupport=APP")).toBe("f:1 of 1");
    expect(await found("firmwareSupport=MDM_FULL")).toBe(" of 0");
    expect(await found("firmwareSupport=BOOT&deviceIds=f:1,f:4")).toBe("f:4 of 1");
  });

  it("pages through the devices in either order, and forgets one at 204", async () => {
    const key = harness.service.addKey("pages", "owner", "pages").reveal();
    const call = async (method: string, path: string, body?: string) => {
      const reply = await ask(`${harness.service.owner}/v1/${path}`, harness.ca, {
        method,
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "text/csv" },
        ...(body === undefined ? {} : { body }),
      });
      return { status: reply.status, json: JSON.parse(reply.body.toString() || "{}") as Json };
    };
    const names = ["p:1", "p:2", "p:3", "p:4", "p:5"];
    await call("POST", "devices", names.map((name) => `${name},,,,"${makeDeviceCertificate(name)}"\n`).join(""));
    for (const order of ["asc", "desc"]) {
      const seen: string[] = [];
      let token: unknown = "";
      while (typeof token === "string") {
        const { json } = await call(
          "GET",
          `devices?pageSort=${order}&pageLimit=2&pageNextToken=${encodeURIComponent(token)}`,
        );
        seen.push(...(json["items"] as readonly { readonly id: string }[]).map(({ id }) => id));
        token = json["pageNextToken"];
        expect(json["total"]).toBe(5);
      }
      expect(seen).toEqual(order === "asc" ? names : names.toReversed());
    }
    expect((await call("GET", "devices?deviceIds=p:2,p:9,p:4")).json).toMatchObject({ total: 2 });
    expect((await call("DELETE", "devices/p:3")).status).toBe(204);
    expect((await call("DELETE", "devices/p:3")).status).toBe(404);
    expect((await call("GET", "devices")).json["total"]).toBe(4);
  });
});

describe("a device's state and name", () => {
  const patch = (value: unknown, id = "st-1") => harness.owner("PATCH", `/v1/devices/${id}/state`, value);
  const state = async () => (await harness.owner("GET", "/v1/devices/st-1")).json["state"];

  beforeAll(async () => {
    await errorsOf(`st-1,gateway,,,"${makeDeviceCertificate("st-1")}"\n`);
  });

  it("is merged as RFC 7396 has it, and counted", async () => {
    expect((await patch({ reported: { a: 1, b: { c: 2 } }, desired: { command: [1, 1] } })).status).toBe(202);
    expect((await patch({ reported: { b: { d: 3 }, a: null } })).status).toBe(202);
    expect(await state()).toEqual({ reported: { b: { c: 2, d: 3 } }, desired: { command: [1, 1] }, version: 3 });
    expect((await harness.owner("GET", "/v1/devices/st-1")).json["type"]).toBe("Gateway");
  });

  it("refuses what is no state, too deep or too large, and unknown devices", async () => {
    const before = await state();
    const deep = JSON.parse(`${'{"a":'.repeat(17)}1${"}".repeat(17)}`) as unknown;
    for (const value of [[], { other: {} }, { reported: 1 }, { reported: deep }])
      expect((await patch(value)).status).toBe(400);
    expect((await patch({ reported: { a: "x".repeat(70_000) } })).status).toBe(413);
    expect((await patch({ reported: {} }, "nobody")).status).toBe(404);
    expect(await state()).toEqual(before);
    const text = `{"reported":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const reply = await ask(`${harness.service.owner}/v1/devices/st-1/state`, harness.ca, {
      method: "PATCH",
      headers: { Authorization: harness.bearer, "Content-Type": "application/json" },
      body: text,
    });
    expect(reply.status).toBe(400);
  });

  it("never becomes anything but an object, whatever is sent", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ reported: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })) }),
        async (value) => {
          const { status } = await patch(JSON.parse(JSON.stringify(value)));
          expect(status).toBe(202);
          expect(await state()).toMatchObject({ reported: expect.any(Object) as object });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("has a name, in a list or alone", async () => {
    const put = (value: unknown) => harness.owner("PUT", "/v1/devices/st-1/name", value);
    expect((await put(["one"])).status).toBe(202);
    expect((await put("two")).status).toBe(202);
    expect((await harness.owner("GET", "/v1/devices/st-1")).json["name"]).toBe("two");
    for (const bad of [[], ["a", "b"], "", "a\nb", 7, {}]) expect((await put(bad)).status).toBe(400);
    expect((await harness.owner("PUT", "/v1/devices/nobody/name", "x")).status).toBe(404);
  });
});

describe("hostile input", () => {
  it("in rows is answered, never with 500", async () => {
    const field = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom("", '"', "\n", "APP|MODEM", "on-1", "\u0000"));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(field, { maxLength: 7 }), { maxLength: 5 }), async (rows) => {
        const csv = rows.map((fields) => fields.join(",")).join("\n");
        expect([202, 400]).toContain((await post(csv)).status);
      }),
      { numRuns: 60 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect([202, 400]).toContain((await post(Buffer.from(bytes))).status);
      }),
      { numRuns: 40 },
    );
  });

  it("in place of a token of the device's own is no token", async () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 300, unit: "binary" }), fc.base64String()), (text) => {
        expect(isOnboardingToken(`${text}.${text}.${text}`)).toBe(false);
      }),
    );
    expect(isOnboardingToken(new FakeDevice().jwt())).toBe(true);
    expect(
      (await harness.owner("POST", "/v1/devices/token-1", { onboardingToken: new FakeDevice().attestation() })).status,
    ).toBe(400);
    expect((await harness.owner("POST", "/v1/devices/a%20b", { onboardingToken: new FakeDevice().jwt() })).status).toBe(
      400,
    );
  });

  it("in ids and paths finds nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 100 }),
        fc.constantFrom("devices/", "bulk-ops-requests/"),
        async (id, path) => {
          fc.pre(id !== "" && id !== "." && id !== "..");
          const { status } = await harness.owner("GET", `/v1/${path}x${encodeURIComponent(id)}`);
          expect(status).toBe(404);
        },
      ),
      { numRuns: 40 },
    );
  });
});
