import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeDevice } from "../service/support/fake-device.ts";
import { ask, Harness } from "../service/support/harness.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { assertHidden } from "./support/refusal.ts";

/** The corpus says `OWNER-KEY` and `DEVICE-JWT` where good credentials stand, so that it gets behind the doors. */
const TARGET: Target = {
  corpus: "http-request",
  cost: 5,
  dictionary: [
    ...[
      "\r\n",
      "\n",
      "\r\n\r\n",
      " ",
      "\0",
      "\u00ff",
      "GET ",
      "POST ",
      "PUT ",
      "PATCH ",
      "DELETE ",
      "OPTIONS ",
      "CONNECT ",
    ],
    ...[
      "/v1/claimed-devices",
      "/v1/provisioning/commands",
      "/../",
      "//",
      "%2e%2e",
      "%00",
      "%ff",
      "?after=",
      "&limit=",
      "#",
    ],
    ...[
      "Content-Length: 0\r\n",
      "Content-Length: 99999999999\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Expect: 100-continue\r\n",
    ],
    ...[
      "Authorization: Bearer OWNER-KEY\r\n",
      "Authorization: Bearer DEVICE-JWT\r\n",
      "Content-Type: text/csv\r\n",
      "ffffffff\r\n",
    ],
    ...["Upgrade: h2c\r\n", "[[[[", '{"request":', '"__proto__":', "null", "1e999", "\u009f", "\u00ff"],
  ],
};

/** How long a connection is listened to that says nothing, in ms. */
const QUIET = 60;

describe("a hostile client of the embedded service", () => {
  const device = new FakeDevice();
  const state: { harness?: Harness } = {};
  const service = (): Harness => state.harness as Harness;

  beforeAll(async () => {
    state.harness = await Harness.start();
    await service().claim(device);
  });

  afterAll(() => state.harness?.stop());

  it("is answered below 500 or cut off at either door, and the service goes on", async () => {
    const { bearer, ca } = service();
    const { https, owner } = service().service;
    const key = bearer.slice("Bearer ".length);
    await assertSurvives(TARGET, async ({ bytes }) => {
      const request = Buffer.from(bytes)
        .toString("latin1")
        .replaceAll("OWNER-KEY", key)
        .replaceAll("DEVICE-JWT", device.jwt());
      for (const door of [https, owner]) {
        const answer = await exchange(Number(new URL(door).port), ca, Buffer.from(request, "latin1"));
        for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)) expect(Number(status)).toBeLessThan(500);
        assertHidden(answer, [key]);
      }
      expect(service().errors.filter(({ code }) => code === "station.internal")).toEqual([]);
    });
    expect((await service().get(device)).status).toBeLessThan(300);
    expect((await ask(`${owner}/v1/claimed-devices`, ca, { headers: { Authorization: bearer } })).status).toBe(200);
  });
});

/** Sends bytes over TLS; what comes back until the service closes or falls silent. */
function exchange(port: number, ca: string, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca });
    const end = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString("latin1"));
    };
    socket.on("secureConnect", () => {
      socket.write(bytes);
      socket.setTimeout(QUIET);
    });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("timeout", end);
    socket.on("error", end);
    socket.on("close", end);
  });
}
