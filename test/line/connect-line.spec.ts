import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../src/core/real-clock.ts";
import { seconds } from "../../src/core/duration.ts";
import { describeError, StationError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import { connectLine, type Line } from "../../src/line/connect-line.ts";
import type { ResolvedLine } from "../../src/contract/line-file.ts";
import { NatsAccounts, nkeyUser } from "../fakes/line/nats-accounts.ts";
import { NatsCluster } from "../fakes/line/nats-cluster.ts";
import { freePorts, NatsServer } from "../fakes/line/nats-server.ts";
import { lineSettings, tlsFiles } from "../fakes/line/test-line.ts";

const clock = realClock;
const QUICK = { limits: { connectSeconds: 0.3, requestSeconds: 0.3 } };

/** Connects, asks the server something, and closes. */
async function greet(settings: ResolvedLine): Promise<string> {
  return using(settings, async (line) => {
    const { nats } = await line.reach(seconds(1.5));
    await nats.flush();
    return line.status.state;
  });
}

async function using<T>(settings: ResolvedLine, work: (line: Line) => Promise<T>): Promise<T> {
  const line = connectLine(settings, { clock });
  try {
    return await work(line);
  } finally {
    await line.close();
  }
}

async function failure(work: Promise<unknown>): Promise<StationError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
  throw new TypeError("it did not fail");
}

describe("a line with TLS and credentials", () => {
  const tls = tlsFiles();
  const accounts = new NatsAccounts();
  const credentials = new Secret(accounts.credentials("a1"));
  let server: NatsServer;
  let settings: ResolvedLine;
  beforeAll(async () => {
    server = await NatsServer.start({ config: `${tls.config}\n${accounts.config}` });
    settings = lineSettings([`tls://localhost:${server.port}`], { ca: tls.ca, credentials });
  });
  afterAll(async () => {
    await server.stop();
    tls.remove();
  });

  it("is reached with a credentials file and the line's own CA", async () => {
    expect(await greet(settings)).toBe("connected");
    expect(await greet({ ...settings, servers: [`tls://127.0.0.1:${server.port}`] })).toBe("connected");
  });

  it("is not spoken to when its certificate comes from another CA", async () => {
    const other = tlsFiles();
    other.remove();
    expect(await failure(greet({ ...settings, ca: other.ca }))).toMatchObject({ code: "line.untrusted" });
  });

  it("says so when the credentials are another account's or no longer valid, and shows nothing of them", async () => {
    const stranger = new NatsAccounts().credentials("stranger");
    const expired = accounts.credentials("late", { expires: 1_700_000_100 });
    for (const text of [stranger, expired]) {
      const error = await failure(greet({ ...settings, credentials: new Secret(text) }));
      expect(error).toMatchObject({ code: "line.refused" });
      const [, seed = "-"] = /(SU[A-Z2-7]{56})/.exec(text) ?? [];
      expect(describeError(error) + JSON.stringify(error)).not.toContain(seed);
    }
  });

  it("refuses credentials that are none before anything is sent", () => {
    for (const text of ["", "hello", "SUABC", `SU${"A".repeat(56)}`, "-----BEGIN NATS USER JWT-----\nx\n"])
      expect(() => connectLine({ ...settings, credentials: new Secret(text) }, { clock })).toThrow(
        expect.objectContaining({ code: "line.credentials" }),
      );
  });
});

it("signs in with the seed of an nkey alone", async () => {
  const user = nkeyUser();
  const server = await NatsServer.start({ config: user.config });
  try {
    const settings = lineSettings([server.url], { credentials: new Secret(user.seed) });
    expect(await greet(settings)).toBe("connected");
    const other = new Secret(nkeyUser().seed);
    expect(await failure(greet({ ...settings, credentials: other }))).toMatchObject({ code: "line.refused" });
  } finally {
    await server.stop();
  }
});

it("finds the line when it comes, loses it when it goes, and finds it again", async () => {
  const [port = 0] = await freePorts(1);
  await using(lineSettings([`nats://127.0.0.1:${port}`]), async (line) => {
    const away = await failure(line.reach(seconds(0.5)));
    expect(away).toMatchObject({ code: "line.away" });
    expect(line.session).toBeUndefined();
    const server = await NatsServer.start({ port });
    try {
      const { lost } = await line.reach(seconds(10));
      expect(line.status).toMatchObject({ state: "connected", server: `127.0.0.1:${port}` });
      await server.kill();
      await aborted(lost);
      expect(line.status).toMatchObject({ state: "away" });
      await server.restart();
      expect((await line.reach(seconds(10))).lost.aborted).toBe(false);
    } finally {
      await server.stop();
    }
  });
});

it("goes on with another server of the cluster when its own is gone", async () => {
  const cluster = await NatsCluster.start();
  try {
    await using(lineSettings(cluster.urls), async (line) => {
      const first = await line.reach(seconds(5));
      const own = cluster.nodes.find(({ port }) => first.nats.getServer().endsWith(`:${port}`));
      await own?.kill();
      await aborted(first.lost);
      const second = await line.reach(seconds(5));
      expect(second.nats.getServer()).not.toBe(first.nats.getServer());
    });
  } finally {
    await cluster.stop();
  }
});

it("stops waiting when it is told to, and when the line is closed", async () => {
  const [port = 0] = await freePorts(1);
  await using(lineSettings([`nats://127.0.0.1:${port}`]), async (line) => {
    const stop = new AbortController();
    const stopped = failure(line.reach(undefined, stop.signal));
    stop.abort(new StationError("station.aborted", "enough"));
    expect(await stopped).toMatchObject({ code: "station.aborted" });
    const closed = failure(line.reach());
    await line.close();
    expect(await closed).toMatchObject({ code: "line.away" });
    expect(line.status).toEqual({ state: "closed" });
  });
});

it("is closed at once, though a server keeps it waiting", async () => {
  const server = await listen(() => undefined);
  try {
    const line = connectLine(
      lineSettings([`nats://127.0.0.1:${server.port}`], { limits: { connectSeconds: 60, requestSeconds: 60 } }),
      { clock },
    );
    await expect(line.reach(seconds(0.2))).rejects.toMatchObject({ code: "line.away" });
    const began = clock.monotonic();
    await line.close();
    expect(clock.monotonic() - began).toBeLessThan(2000);
  } finally {
    server.close();
  }
});

describe("something that is no line", () => {
  const answers: readonly (readonly [string, (socket: Socket) => void])[] = [
    ["says nothing", () => undefined],
    ["ends the connection at once", (socket) => socket.destroy()],
    ["speaks HTTP", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["sends an INFO that is no JSON", (socket) => socket.write("INFO {{{{\r\n")],
    ["sends an INFO with nothing in it", (socket) => socket.write("INFO {}\r\n")],
    ["answers with an unknown operation", (socket) => socket.write('INFO {"proto":1}\r\nWHAT 1 2 3\r\n')],
    [
      "sends a message that nobody asked for",
      (socket) => socket.write('INFO {"proto":1}\r\nPONG\r\nMSG x 9 99999999\r\n'),
    ],
    ["sends noise without end", (socket) => void setInterval(() => socket.write("\0x\u00ff".repeat(5000)), 5).unref()],
  ];
  for (const [what, answer] of answers)
    it(`that ${what} leaves the line away, within the limit`, async () => {
      const server = await listen(answer);
      try {
        await using(lineSettings([`nats://127.0.0.1:${server.port}`], QUICK), async (line) => {
          await line.reach(seconds(0.5)).then(
            async ({ nats, lost }) => {
              // A server that answers pings is one; whatever else it says is found by those who ask it something.
              await Promise.race([nats.flush().catch(() => undefined), aborted(lost)]);
            },
            (error: unknown) => expect(error).toBeInstanceOf(StationError),
          );
        });
      } finally {
        server.close();
      }
    });
});

async function listen(answer: (socket: Socket) => void): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    answer(socket);
  });
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
