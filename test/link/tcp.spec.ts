import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { lasting } from "../../src/core/fact.ts";
import { StationError } from "../../src/core/error.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { openerFor } from "../../src/link/opener.ts";
import { SHORT } from "../fakes/fake-at-link.ts";
import { failureOf } from "../modem/rig.ts";
import { describeAtLink, type ContractLine } from "./at-link-contract.ts";
import { ByteCollector } from "../fakes/byte-collector.ts";

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function makeTcpLine(): Promise<ContractLine> {
  const collector = new ByteCollector();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => collector.push(bytes));
  });
  const accepted = once(server, "connection").then(() => sockets);
  const port = await listening(server);
  return {
    opener: openerFor({ kind: "tcp", host: "127.0.0.1", port }, realClock, { stuck: SHORT }),
    far: {
      send: async (bytes) => {
        for (const socket of await accepted) socket.write(bytes);
      },
      received: (count) => collector.received(count),
      stall: () => {
        accepted.then((all) => all.forEach((socket) => socket.pause())).catch(() => undefined);
      },
      vanish: () => {
        accepted.then((all) => all.forEach((socket) => socket.end())).catch(() => undefined);
      },
    },
    dispose: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describeAtLink({ name: "tcp", exclusive: false, flood: 64_000_000 }, makeTcpLine);

describe("opening tcp", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  it("fails as link.refused where nothing listens", async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, "close");
    const failure = await failureOf(openerFor({ kind: "tcp", host: "127.0.0.1", port }).open());
    expect(failure).toMatchObject({ code: "link.refused", facts: { port: `tcp://127.0.0.1:${port}` } });
  });

  it("fails as link.unreachable for a name that does not exist", async () => {
    const failure = await failureOf(openerFor({ kind: "tcp", host: "no-such-host.invalid", port: 1 }).open());
    expect(["link.unreachable", "link.open-timeout"]).toContain(failure.code);
  });

  it("stops at once when aborted, before and during", async () => {
    const spec = { kind: "tcp", host: "192.0.2.1", port: 9 } as const;
    const reason = new StationError("station.aborted", "stopped");
    expect((await failureOf(openerFor(spec).open(AbortSignal.abort(reason)))).code).toBe("station.aborted");
    const controller = new AbortController();
    const failure = failureOf(openerFor(spec).open(controller.signal));
    controller.abort(reason);
    expect((await failure).code).toBe("station.aborted");
  });

  it("gives up after its limit", async () => {
    const server = createServer();
    servers.push(server);
    const port = await listening(server);
    const clock = new VirtualClock();
    const failure = failureOf(openerFor({ kind: "tcp", host: "127.0.0.1", port }, clock).open());
    await clock.advance(seconds(5));
    expect(await failure).toMatchObject({ code: "link.open-timeout", facts: { limit: lasting(seconds(5)) } });
  });

  it("names a connection that is reset as lost, with the system's reason", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    servers.push(server);
    const port = await listening(server);
    const link = await openerFor({ kind: "tcp", host: "127.0.0.1", port }).open();
    const closed = new Promise((resolve) => link.listen({ onData: () => undefined, onClosed: resolve }));
    await link.write(Uint8Array.of(1));
    expect(await closed).toMatchObject({ code: "link.lost" });
  });
});
