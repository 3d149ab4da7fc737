import { describe, expect, it } from "vitest";
import { blockOption, type BlockSize } from "../../src/coap/block.ts";
import { CoapClient } from "../../src/coap/client.ts";
import { emptyMessage, encodeMessage, parseMessage, type CoapMessage } from "../../src/coap/message.ts";
import { OPTION, textOption, uintOption, type CoapOption } from "../../src/coap/options.ts";
import { CoapServerSession } from "../../src/coap/server-session.ts";
import type { CoapReply } from "../../src/coap/server-request.ts";
import { transfer, type CoapTransfer } from "../../src/coap/transfer.ts";
import { seconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { lossyNetwork, seededBytes } from "../fakes/lossy-channel.ts";

const NOTHING: Uint8Array = new Uint8Array();
const filled = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => (index * 5 + 1) % 253);
const path = textOption(OPTION.uriPath, "p");
const GET: CoapTransfer = { code: "0.01", confirmable: true, options: [path], payload: NOTHING };
const post = (payload: Uint8Array): CoapTransfer => ({ code: "0.02", confirmable: true, options: [path], payload });
const block = (option: number, number: number, more: boolean, size: BlockSize): CoapOption =>
  blockOption(option, { number, more, size });

/** A client whose server is a function: what to send for each message that comes. */
function clientOf(script: (message: CoapMessage, count: number) => readonly CoapMessage[]) {
  const clock = new VirtualClock();
  const { client: channel, server } = lossyNetwork(clock);
  const heard: CoapMessage[] = [];
  server.onMessage((datagram) => {
    const message = parseMessage(datagram);
    heard.push(message);
    for (const answer of script(message, heard.length)) server.send(encodeMessage(answer));
  });
  const client = new CoapClient({ channel, clock, random: seededBytes(7) });
  const ask = (request: CoapTransfer) =>
    transfer((one) => client.ask(one), request, { block: 512, body: 16_384 }, seededBytes(8));
  const run = async <T>(work: Promise<T>): Promise<T> => {
    work.catch(() => undefined);
    await clock.advance(seconds(120));
    return work;
  };
  return { heard, ask, run, server, clock };
}

const reply = (to: CoapMessage, code: string, options: readonly CoapOption[] = [], payload = NOTHING): CoapMessage => ({
  ...{ type: "ACK", code, id: to.id, token: to.token, options, payload },
});

const isRequest = ({ code }: CoapMessage): boolean => code.startsWith("0.0") && code !== "0.00";

describe("the client, with a server that", () => {
  it("repeats each block's acknowledgement, puts the answer together once", async () => {
    const body = filled(1100);
    const { ask, run } = clientOf((message) => {
      const wanted = message.options.find(({ number }) => number === OPTION.block2);
      const number = ((wanted?.value[0] ?? 0) >> 4) * 1;
      const part = body.subarray(number * 512, (number + 1) * 512);
      const answer = reply(message, "2.05", [block(OPTION.block2, number, number < 2, 512)], part);
      return [answer, answer, answer];
    });
    expect((await run(ask(GET))).payload).toEqual(body);
  });

  it("answers later and repeats it, acknowledges each time and takes it once", async () => {
    const { ask, run, heard } = clientOf((message) => {
      if (!isRequest(message)) return [];
      const late: CoapMessage = { ...reply(message, "2.05", [], filled(4)), type: "CON", id: 9000 };
      return [emptyMessage("ACK", message.id), late, late];
    });
    expect((await run(ask(GET))).payload).toEqual(filled(4));
    expect(heard.filter(({ type, id }) => type === "ACK" && id === 9000).length).toBe(2);
  });

  it("answers without acknowledging, does not repeat the request", async () => {
    const { ask, run, heard } = clientOf((message) =>
      isRequest(message) ? [{ ...reply(message, "2.05"), type: "CON", id: 9001 }] : [],
    );
    expect((await run(ask(GET))).code).toBe("2.05");
    expect(heard.filter(isRequest).length).toBe(1);
  });

  it("resets the request, ends with coap.reset", async () => {
    const { ask, run } = clientOf((message) => [emptyMessage("RST", message.id)]);
    await expect(run(ask(GET))).rejects.toMatchObject({ code: "coap.reset" });
  });

  it("sends an option that must be understood, ends with coap.option", async () => {
    const { ask, run } = clientOf((message) => [reply(message, "2.05", [{ number: 2051, value: NOTHING }])]);
    await expect(run(ask(GET))).rejects.toMatchObject({ code: "coap.option" });
  });

  it("sends answers that are not for it, resets or drops them and waits on", async () => {
    const { ask, run, heard } = clientOf((message, count) => {
      const strange: CoapMessage = { ...reply(message, "2.05"), type: "CON", id: 77, token: filled(8) };
      return count === 1 ? [strange, { ...strange, type: "NON", id: 78 }, reply(message, "2.05", [], filled(2))] : [];
    });
    expect((await run(ask(GET))).payload).toEqual(filled(2));
    expect(heard.filter(({ type, id }) => type === "RST" && id === 77).length).toBe(1);
  });

  it("pings it, answers with a reset", async () => {
    const { heard, server, clock } = clientOf(() => []);
    server.send(encodeMessage({ ...emptyMessage("ACK", 5), type: "CON" }));
    await clock.advance(seconds(1));
    expect(heard).toEqual([emptyMessage("RST", 5)]);
  });

  it("asks for smaller blocks, goes on with them", async () => {
    const { ask, run, heard } = clientOf((message) => {
      const coded = message.options.find(({ number }) => number === OPTION.block1)?.value ?? NOTHING;
      const value = coded.reduce((sum, byte) => sum * 256 + byte, 0);
      const [number, more] = [value >> 4, (value & 8) !== 0];
      return [reply(message, more ? "2.31" : "2.04", [block(OPTION.block1, number, more, 64)])];
    });
    expect((await run(ask(post(filled(700))))).code).toBe("2.04");
    expect(heard.map(({ payload }) => payload.length)).toEqual([512, 64, 64, 60]);
    expect(
      new Set(heard.map((message) => String(message.options.find(({ number }) => number === 292)?.value))).size,
    ).toBe(1);
  });

  it("finds the first block too large, begins again with smaller ones under another tag", async () => {
    const { ask, run, heard } = clientOf((message, count) => {
      if (count === 1) return [reply(message, "4.13", [block(OPTION.block1, 0, true, 256)])];
      const value = message.options.find(({ number }) => number === OPTION.block1)?.value[0] ?? 0;
      return [
        reply(message, (value & 8) !== 0 ? "2.31" : "2.04", [block(OPTION.block1, value >> 4, (value & 8) !== 0, 256)]),
      ];
    });
    expect((await run(ask(post(filled(600))))).code).toBe("2.04");
    expect(heard.map(({ payload }) => payload.length)).toEqual([512, 256, 256, 88]);
    expect(
      new Set(heard.map((message) => String(message.options.find(({ number }) => number === 292)?.value))).size,
    ).toBe(2);
  });

  it("refuses a block, ends the transfer with that answer", async () => {
    const { ask, run, heard } = clientOf((message) => [reply(message, "4.01")]);
    expect((await run(ask(post(filled(2000))))).code).toBe("4.01");
    expect(heard.length).toBe(1);
  });

  it("never stops saying that blocks are missing, ends after two new beginnings", async () => {
    const { ask, run, heard } = clientOf((message) => [reply(message, "4.08")]);
    expect((await run(ask(post(filled(600))))).code).toBe("4.08");
    expect(heard.length).toBe(3);
  });

  it("wants an Echo, sends the request once more with it", async () => {
    const echo = { number: OPTION.echo, value: filled(8) };
    const { ask, run, heard } = clientOf((message, count) => [
      reply(message, count === 1 ? "4.01" : "2.05", count === 1 ? [echo] : []),
    ]);
    expect((await run(ask(GET))).code).toBe("2.05");
    expect(heard[1]?.options).toContainEqual(echo);
  });

  it.each([
    ["whose first block is the second", [block(OPTION.block2, 1, true, 512)], 512],
    ["whose block is shorter than it says", [block(OPTION.block2, 0, true, 512)], 100],
    ["whose block is empty and not the last", [block(OPTION.block2, 0, true, 512)], 0],
    ["whose block option has 4 bytes", [{ number: OPTION.block2, value: filled(4) }], 10],
    ["whose block option has the reserved size", [uintOption(OPTION.block2, 15)], 10],
    ["whose next block is another", [block(OPTION.block2, 0, true, 512)], 512],
  ])("sends an answer %s, ends with coap.block", async (_name, options, size) => {
    const { ask, run } = clientOf((message) => [reply(message, "2.05", options, filled(size))]);
    await expect(run(ask(GET))).rejects.toMatchObject({ code: "coap.block" });
  });

  it("changes the answer between two blocks, ends with coap.block", async () => {
    const { ask, run } = clientOf((message, count) => {
      const etag = { number: OPTION.etag, value: Uint8Array.of(count) };
      return [reply(message, "2.05", [etag, block(OPTION.block2, count - 1, true, 512)], filled(512))];
    });
    await expect(run(ask(GET))).rejects.toMatchObject({ code: "coap.block" });
  });
});

/** A server whose client is the test: sends messages, gathers answers. */
function serverOf(handler: (body: Uint8Array) => CoapReply | Promise<CoapReply>) {
  const clock = new VirtualClock();
  const { client, server } = lossyNetwork(clock);
  const heard: CoapMessage[] = [];
  client.onMessage((datagram) => heard.push(parseMessage(datagram)));
  const bodies: Uint8Array[] = [];
  const session = new CoapServerSession({
    ...{ channel: server, clock, random: seededBytes(4), bodyLimit: 4096 },
    handler: ({ payload }) => {
      bodies.push(payload);
      return handler(payload);
    },
  });
  const send = async (message: Partial<CoapMessage>): Promise<CoapMessage | undefined> => {
    const before = heard.length;
    client.send(
      encodeMessage({
        ...{ type: "CON", code: "0.02", id: 1, token: filled(2), options: [path], payload: NOTHING },
        ...message,
      }),
    );
    await clock.advance(seconds(0.5));
    return heard[before];
  };
  return { clock, heard, bodies, send, client, session };
}

describe("the server, with a client that", () => {
  it("repeats a request, carries it out once and answers the same again", async () => {
    const { send, bodies } = serverOf(() => ({ code: "2.04" }));
    const first = await send({ id: 10 });
    expect(await send({ id: 10 })).toEqual(first);
    expect(bodies.length).toBe(1);
  });

  it("takes a new token for every block, puts the body together", async () => {
    const { send, bodies } = serverOf(() => ({ code: "2.04" }));
    const answers = [0, 1, 2].map(
      (number) => (): Promise<CoapMessage | undefined> =>
        send({
          ...{ id: 20 + number, token: Uint8Array.of(number), payload: filled(number < 2 ? 64 : 10) },
          options: [path, block(OPTION.block1, number, number < 2, 64)],
        }),
    );
    const codes: (string | undefined)[] = [];
    for (const answer of answers) codes.push((await answer())?.code);
    expect(codes).toEqual(["2.31", "2.31", "2.04"]);
    expect(bodies.map(({ length }) => length)).toEqual([138]);
  });

  it("leaves out a block, hears 4.08 and nothing is carried out", async () => {
    const { send, bodies } = serverOf(() => ({ code: "2.04" }));
    await send({ id: 1, payload: filled(64), options: [path, block(OPTION.block1, 0, true, 64)] });
    const answer = await send({ id: 2, payload: filled(10), options: [path, block(OPTION.block1, 2, false, 64)] });
    expect(answer?.code).toBe("4.08");
    expect(bodies).toEqual([]);
  });

  it.each([
    ["a zero-length Block1 option on a whole body", [{ number: OPTION.block1, value: NOTHING }], "2.04"],
    ["a Block1 option of 4 bytes", [{ number: OPTION.block1, value: filled(4) }], "4.00"],
    ["the reserved block size", [uintOption(OPTION.block1, 7)], "4.00"],
    ["a block that is shorter than it says", [block(OPTION.block1, 0, true, 64)], "4.00"],
    ["an unknown critical option", [{ number: 2051, value: NOTHING }], "4.02"],
    ["an unknown elective option", [{ number: 2048, value: NOTHING }], "2.04"],
    ["a block of an answer that nobody made", [block(OPTION.block2, 3, false, 64)], "4.08"],
  ])("sends %s, hears a fitting code", async (_name, options, code) => {
    const { send } = serverOf(() => ({ code: "2.04" }));
    const sorted = [path, ...options].toSorted((a, b) => a.number - b.number);
    expect((await send({ payload: filled(3), options: sorted }))?.code).toBe(code);
  });

  it("sends more than the limit in blocks, hears 4.13 with the limit", async () => {
    const { send, bodies } = serverOf(() => ({ code: "2.04" }));
    const codes: (string | undefined)[] = [];
    for (let number = 0; number < 5; number++) {
      const options = [path, block(OPTION.block1, number, true, 1024)];
      codes.push((await send({ id: number, payload: filled(1024), options }))?.code);
    }
    expect(codes).toEqual(["2.31", "2.31", "2.31", "2.31", "4.13"]);
    expect(bodies).toEqual([]);
  });

  it("waits for a slow answer, hears an acknowledgement, then the answer until it acknowledges", async () => {
    const waiting: ((reply: CoapReply) => void)[] = [];
    const { send, heard, clock, client } = serverOf(() => new Promise((resolve) => waiting.push(resolve)));
    await send({ id: 30, token: filled(3) });
    await clock.advance(seconds(1));
    expect(heard).toEqual([emptyMessage("ACK", 30)]);
    waiting[0]?.({ code: "2.04" });
    await clock.advance(seconds(4));
    const late = heard.filter(({ type }) => type === "CON");
    expect(late.length).toBeGreaterThanOrEqual(2);
    expect(late[0]).toMatchObject({ code: "2.04", token: filled(3) });
    client.send(encodeMessage(emptyMessage("ACK", late[0]?.id ?? 0)));
    await clock.advance(seconds(60));
    expect(heard.filter(({ type }) => type === "CON").length).toBe(late.length);
  });

  it("pings, or sends what cannot be read, hears a reset", async () => {
    const { heard, clock, client } = serverOf(() => ({ code: "2.04" }));
    client.send(Uint8Array.of(0x40, 0, 0, 5));
    client.send(Uint8Array.of(0x40, 1, 0, 6, 0xff));
    client.send(Uint8Array.of(0x50, 1, 0, 7, 0xff));
    client.send(Uint8Array.of(0x40));
    await clock.advance(seconds(1));
    expect(heard).toEqual([emptyMessage("RST", 5), emptyMessage("RST", 6)]);
  });

  it("asks many things at once, hears 5.03 for what is too much", async () => {
    const { send, heard, clock } = serverOf(() => new Promise(() => undefined));
    for (let id = 0; id < 6; id++) void send({ id });
    await clock.advance(seconds(0.2));
    expect(heard.map(({ code }) => code)).toEqual(["5.03", "5.03"]);
  });

  it("is gone, hears nothing more", async () => {
    const { send, session, heard } = serverOf(() => ({ code: "2.04" }));
    session.close();
    await send({ id: 1 });
    expect(heard).toEqual([]);
  });
});
