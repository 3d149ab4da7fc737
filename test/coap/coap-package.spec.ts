import { Agent, createServer, request, type IncomingMessage, type OutgoingMessage, type Server } from "coap";
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import type { CoapChannel } from "../../src/coap/channel.ts";
import { CoapClient } from "../../src/coap/client.ts";
import { encodeMessage, parseMessage } from "../../src/coap/message.ts";
import { OPTION, textOption, uintOption } from "../../src/coap/options.ts";
import type { CoapHandler, CoapRequestIn } from "../../src/coap/server-request.ts";
import { CoapServerSession } from "../../src/coap/server-session.ts";
import { transfer, type CoapTransfer } from "../../src/coap/transfer.ts";
import { realClock } from "../../src/core/real-clock.ts";

const HOST = "127.0.0.1";
const CBOR = 60;
const LIMITS = { block: 512, body: 65_536 } as const;
const filled = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, at) => (at * 7 + 3) % 251));

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  open.push(() => socket.close());
  return socket;
}

/** Our server for everybody at one UDP port, and what it was asked. */
async function ourServer(handler: CoapHandler) {
  const socket = await bound();
  const requests: CoapRequestIn[] = [];
  const sessions = new Map<number, (datagram: Uint8Array) => void>();
  const sessionFor = (port: number): ((datagram: Uint8Array) => void) => {
    const state = { hear: (_: Uint8Array): void => undefined };
    const channel: CoapChannel = {
      send: (datagram) => socket.send(datagram, port, HOST),
      onMessage: (listener) => (state.hear = listener),
      onEnd: (listener) => open.push(() => listener(undefined)),
    };
    new CoapServerSession({
      ...{ channel, clock: realClock, random: randomBytes, bodyLimit: 65_536 },
      handler: (asked) => {
        requests.push(asked);
        return handler(asked);
      },
    });
    return (datagram) => state.hear(datagram);
  };
  socket.on("message", (datagram, { port }) => {
    const hear = sessions.get(port) ?? sessionFor(port);
    sessions.set(port, hear);
    hear(Uint8Array.from(datagram));
  });
  return { port: socket.address().port, requests };
}

type Asked = NonNullable<Exclude<Parameters<typeof request>[0], string>>;

/** Asks with the package's client. */
async function theirs(asked: Asked, body?: Buffer): Promise<{ readonly code: string; readonly payload: Buffer }> {
  const agent = new Agent({ type: "udp4" });
  open.push(() => agent.close());
  const outgoing = request({ hostname: HOST, confirmable: true, agent, ...asked });
  // The option's value is the size that it cuts into, 2 to the power of 4 + 5.
  if (body !== undefined && body.length > LIMITS.block) outgoing.setOption("Block1", Buffer.of(5));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  outgoing.end(body);
  const { code, payload } = await answered;
  return { code, payload };
}

describe("the client of the npm package coap", () => {
  it("reads path, query, code and a small answer of ours", async () => {
    const { port, requests } = await ourServer(() => ({ code: "2.05", contentFormat: CBOR, payload: filled(40) }));
    const asked = { port, method: "GET", pathname: "/p/cmd", query: "after=&limit=10" } as const;
    expect(await theirs(asked)).toEqual({ code: "2.05", payload: filled(40) });
    expect(requests).toMatchObject([{ code: "0.01", path: ["p", "cmd"], query: ["after=", "limit=10"] }]);
  });

  it.each([12, 2048])("sends %i bytes to ours, whole", async (size) => {
    const { port, requests } = await ourServer(() => ({ code: "2.04" }));
    expect((await theirs({ port, method: "POST", pathname: "/p/rsp" }, filled(size))).code).toBe("2.04");
    expect(requests.map(({ code, payload }) => [code, Buffer.from(payload).equals(filled(size))])).toEqual([
      ["0.02", true],
    ]);
  });

  it("takes 2 KB from ours in blocks", async () => {
    const { port, requests } = await ourServer(() => ({ code: "2.05", payload: filled(2048) }));
    const answer = await theirs({ port, method: "GET", pathname: "/p/cmd" });
    expect(answer.payload.equals(filled(2048))).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it("is told error codes, and takes an answer that is not confirmable", async () => {
    const { port } = await ourServer(() => ({ code: "4.01" }));
    expect((await theirs({ port, method: "GET", pathname: "/p/cmd" })).code).toBe("4.01");
    expect((await theirs({ port, method: "POST", pathname: "/.dtls/suspend", confirmable: false })).code).toBe("4.01");
  });
});

/** The package's server. */
async function theirServer(listener: (asked: IncomingMessage, answer: OutgoingMessage) => void): Promise<number> {
  const socket = await bound();
  const { port } = socket.address();
  open.pop();
  socket.close();
  await once(socket, "close");
  const server: Server = createServer({ type: "udp4" }, listener);
  await new Promise<void>((resolve) => void server.listen(port, HOST, () => resolve()));
  open.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return port;
}

/**
 * Our client over UDP. The package's server takes the blocks of a transfer by token, where ours and libcoap's clients take a
 * token for each block (RFC 9175 section 4.2): with `oneToken` the channel writes the same one into every message.
 */
async function ourClient(
  port: number,
  { oneToken = false } = {},
): Promise<(request: CoapTransfer) => ReturnType<typeof transfer>> {
  const socket = await bound();
  const own = new Map<number, Uint8Array>();
  const token = randomBytes(8);
  const state = { hear: (_: Uint8Array): void => undefined };
  const channel: CoapChannel = {
    send(datagram) {
      if (!oneToken) {
        socket.send(datagram, port, HOST);
        return;
      }
      const message = parseMessage(datagram);
      own.set(message.id, message.token);
      socket.send(message.token.length === 0 ? datagram : encodeMessage({ ...message, token }), port, HOST);
    },
    onMessage: (listener) => (state.hear = listener),
    onEnd: () => undefined,
  };
  socket.on("message", (datagram) => {
    const message = parseMessage(Uint8Array.from(datagram));
    const before = own.get(message.id);
    state.hear(before === undefined ? Uint8Array.from(datagram) : encodeMessage({ ...message, token: before }));
  });
  const client = new CoapClient({ channel, clock: realClock, random: randomBytes });
  open.push(() => client.close());
  return (asked) => transfer((one) => client.ask(one), asked, LIMITS, randomBytes);
}

const path = (...names: readonly string[]) => names.map((name) => textOption(OPTION.uriPath, name));
const GET = { code: "0.01", confirmable: true, payload: new Uint8Array() } as const;
const POST = { code: "0.02", confirmable: true, format: uintOption(OPTION.contentFormat, CBOR) } as const;

describe("the server of the npm package coap", () => {
  it("reads path, query and method of ours, and its answer is read", async () => {
    const asked: string[] = [];
    const port = await theirServer(({ method, url }, answer) => {
      asked.push(`${method} ${url}`);
      answer.end("ok");
    });
    const ask = await ourClient(port);
    const answer = await ask({ ...GET, options: [...path("p", "cmd"), textOption(OPTION.uriQuery, "after=")] });
    expect({ code: answer.code, text: Buffer.from(answer.payload).toString() }).toEqual({ code: "2.05", text: "ok" });
    expect(asked).toEqual(["GET /p/cmd?after="]);
  });

  it("gives 2 KB to ours in blocks", async () => {
    const port = await theirServer((_asked, answer) => answer.end(filled(2048)));
    const ask = await ourClient(port);
    const answer = await ask({ ...GET, options: path("p", "cmd") });
    expect(Buffer.from(answer.payload).equals(filled(2048))).toBe(true);
  });

  it.each([
    [12, false],
    [2048, true],
  ])("takes %i bytes from ours, whole (one token for all blocks: %j)", async (size, oneToken) => {
    const bodies: Buffer[] = [];
    const port = await theirServer(({ payload }, answer) => {
      bodies.push(payload);
      answer.code = "2.04";
      answer.end();
    });
    const ask = await ourClient(port, { oneToken });
    expect((await ask({ ...POST, options: path("p", "rsp"), payload: filled(size) })).code).toBe("2.04");
    expect(bodies.map((body) => body.equals(filled(size)))).toEqual([true]);
  });

  it("answers an error code and a message that is not confirmable", async () => {
    const port = await theirServer((_asked, answer) => {
      answer.code = "4.04";
      answer.end();
    });
    const ask = await ourClient(port);
    expect((await ask({ ...GET, options: path("nothing") })).code).toBe("4.04");
    expect((await ask({ ...GET, confirmable: false, options: path("nothing") })).code).toBe("4.04");
  });
});
