import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { failureOf, get, httpsRig } from "./https-rig.ts";
import { tlsServer } from "./test-server.ts";

const rig = httpsRig();
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HEADERS = [
  ["Host", "localhost"],
  ["Connection", "keep-alive"],
] as const;

/** A server that gives these answers one after the other, on however many connections, and remembers each request's. */
async function answering(answers: readonly string[]) {
  const used: TLSSocket[] = [];
  const { port } = await rig.started(
    tlsServer(rig.good, (socket) => {
      used.push(socket);
      socket.write(answers[used.length - 1] ?? OK);
    }),
  );
  return { request: get(port, { headers: HEADERS }), used, connections: () => new Set(used).size };
}

describe("a client that keeps its connection", () => {
  it("sends one request after the other over it", async () => {
    const { request, used, connections } = await answering([]);
    const client = rig.client({ keep: seconds(2) });
    for (let count = 0; count < 3; count++) expect((await client.exchange(request)).status).toBe(200);
    expect({ requests: used.length, connections: connections() }).toEqual({ requests: 3, connections: 1 });
    expect(used[0]?.listenerCount("data")).toBeLessThan(3);
  });

  it("gives requests at the same time a connection each", async () => {
    const { request, connections } = await answering([]);
    const client = rig.client({ keep: seconds(2) });
    await Promise.all([client.exchange(request), client.exchange(request)]);
    expect(connections()).toBe(2);
  });

  it("opens another where the service closes the first, by word or by deed", async () => {
    const last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    const { request, used, connections } = await answering([last, OK]);
    const client = rig.client({ keep: seconds(2) });
    await client.exchange(request);
    await client.exchange(request);
    const closed = used[1] === undefined ? undefined : once(used[1], "close");
    used[1]?.end();
    await closed;
    await client.exchange(request);
    expect(connections()).toBe(3);
  });

  it("closes it after the limit", async () => {
    const clock = new VirtualClock();
    const { request, used, connections } = await answering([]);
    const client = rig.client({ keep: seconds(2), clock });
    await client.exchange(request);
    const closed = used[0] === undefined ? undefined : once(used[0], "close");
    await clock.advance(seconds(2));
    await closed;
    await client.exchange(request);
    expect(connections()).toBe(2);
  });

  it("takes nothing that was not asked for as the next answer", async () => {
    const { request, used, connections } = await answering([]);
    const client = rig.client({ keep: seconds(2) });
    await client.exchange(request);
    const closed = used[0] === undefined ? undefined : once(used[0], "close");
    used[0]?.write("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
    await closed;
    expect((await client.exchange(request)).status).toBe(200);
    expect(connections()).toBe(2);
  });

  it("keeps none on which a request failed", async () => {
    const { request, connections } = await answering(["HTTP/1.1 2oo\r\n\r\n"]);
    const client = rig.client({ keep: seconds(2) });
    expect(await failureOf(client.exchange(request))).toMatchObject({ code: "transport.malformed" });
    expect((await client.exchange(request)).status).toBe(200);
    expect(connections()).toBe(2);
  });
});
