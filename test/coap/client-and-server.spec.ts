import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CoapClient } from "../../src/coap/client.ts";
import { CoapServerSession } from "../../src/coap/server-session.ts";
import type { CoapHandler, CoapReply, CoapRequestIn } from "../../src/coap/server-request.ts";
import { textOption, uintOption, OPTION } from "../../src/coap/options.ts";
import { transfer, type CoapTransfer, type TransferLimits } from "../../src/coap/transfer.ts";
import { minutes, seconds } from "../../src/core/duration.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { lossyNetwork, seededBytes, FAIR, type Weather } from "../fakes/lossy-channel.ts";

const LIMITS: TransferLimits = { block: 512, body: 16_384 };

const filled = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => (index * 7 + 3) % 251);

function get(path: string): CoapTransfer {
  const options = [textOption(OPTION.uriPath, path), textOption(OPTION.uriQuery, "after=")];
  return { code: "0.01", confirmable: true, options, payload: new Uint8Array() };
}

function post(path: string, payload: Uint8Array): CoapTransfer {
  const options = [textOption(OPTION.uriPath, path)];
  return { code: "0.02", confirmable: true, options, format: uintOption(OPTION.contentFormat, 60), payload };
}

function rig(handler: CoapHandler, weather: Weather = FAIR, seed = 1) {
  const clock = new VirtualClock();
  const network = lossyNetwork(clock, weather, seed);
  const handled: CoapRequestIn[] = [];
  const server = new CoapServerSession({
    ...{ channel: network.server, clock, random: seededBytes(seed + 1), bodyLimit: 16_384 },
    handler: (request) => {
      handled.push(request);
      return handler(request);
    },
  });
  const client = new CoapClient({ channel: network.client, clock, random: seededBytes(seed + 2) });
  const ask = (request: CoapTransfer, limits = LIMITS, signal?: AbortSignal) =>
    transfer((one) => client.ask(one, signal), request, limits, seededBytes(seed + 3));
  return { clock, network, server, client, handled, ask };
}

/** Runs the virtual clock until the work has ended, whatever it takes. */
async function finish<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const state = { over: false };
  const ended = work.finally(() => {
    state.over = true;
  });
  ended.catch(() => undefined);
  for (let turn = 0; turn < 2000 && !state.over; turn++) await clock.advance(seconds(1));
  return ended;
}

describe("a CoAP exchange", () => {
  it("carries a request and its answer in one message each", async () => {
    const { clock, network, handled, ask } = rig(() => ({ code: "2.05", contentFormat: 60, payload: filled(20) }));
    const answer = await finish(clock, ask(get("cmd")));
    expect(answer).toMatchObject({ code: "2.05", payload: filled(20) });
    expect(handled).toMatchObject([{ code: "0.01", path: ["cmd"], query: ["after="] }]);
    expect([network.client.sent.length, network.server.sent.length]).toEqual([1, 1]);
  });

  it.each([0, 1, 511, 512, 513, 1024, 8192])("carries %i bytes both ways", async (size) => {
    const { clock, handled, ask } = rig(({ payload }) => ({ code: "2.04", payload: payload.toReversed() }));
    const answer = await finish(clock, ask(post("rsp", filled(size))));
    expect(answer.payload).toEqual(filled(size).toReversed());
    expect(handled.map(({ payload }) => payload.length)).toEqual([size]);
    expect(handled[0]?.contentFormat).toBe(60);
  });

  it("carries everything once at 20 % loss with repeats and reordering", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.nat(3000), async (seed, size) => {
        const weather = { loss: 0.2, duplicate: 0.2, reorder: 0.3 };
        const { clock, handled, ask } = rig(({ payload }) => ({ code: "2.04", payload }), weather, seed);
        // Five transmissions may all be lost; then the client says so, and the request was handled once at most.
        const answer = await finish(clock, ask(post("rsp", filled(size)))).catch(asStationError);
        const isWhole = !(answer instanceof StationError) && Buffer.from(answer.payload).equals(filled(size));
        expect(isWhole || (answer instanceof StationError && answer.code === "coap.no-answer")).toBe(true);
        expect(handled.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it("sends a request five times and then gives up", async () => {
    const { clock, network, ask } = rig(() => ({ code: "2.05" }), { ...FAIR, loss: 1 });
    await expect(finish(clock, ask(get("cmd")))).rejects.toMatchObject({ code: "coap.no-answer" });
    expect(network.client.sent.length).toBe(5);
    expect(clock.monotonic()).toBeLessThanOrEqual(94_000);
  });

  it("takes an answer that comes long after the acknowledgement", async () => {
    const late: { answer?: (reply: CoapReply) => void } = {};
    const { clock, ask } = rig(
      () =>
        new Promise((resolve) => {
          late.answer = resolve;
        }),
    );
    const answer = ask(get("cmd"));
    await clock.advance(seconds(20));
    late.answer?.({ code: "2.05", payload: filled(3) });
    expect((await finish(clock, answer)).payload).toEqual(filled(3));
  });

  it("ends at once when it is stopped, and takes the next request", async () => {
    const { clock, ask } = rig(() => new Promise(() => undefined));
    const stop = new AbortController();
    const waiting = ask(get("cmd"), LIMITS, stop.signal);
    waiting.catch(() => undefined);
    await clock.advance(seconds(2));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "station.aborted" });
  });

  it("ends when the channel does, then and later", async () => {
    const { clock, network, ask } = rig(() => new Promise(() => undefined));
    const waiting = ask(get("cmd"));
    waiting.catch(() => undefined);
    await clock.advance(seconds(2));
    network.client.end();
    await expect(waiting).rejects.toMatchObject({ code: "coap.closed" });
    await expect(ask(get("cmd"))).rejects.toMatchObject({ code: "coap.closed" });
  });

  it("refuses an answer larger than the limit, without reading it to its end", async () => {
    const { clock, network, ask } = rig(() => ({ code: "2.05", payload: filled(9000) }));
    const asked = ask(get("cmd"), { block: 512, body: 1000 });
    await expect(finish(clock, asked)).rejects.toMatchObject({ code: "coap.too-large" });
    expect(network.client.sent.length).toBeLessThanOrEqual(3);
  });

  it("refuses a request body larger than the server's limit with 4.13", async () => {
    const { clock, handled, ask } = rig(() => ({ code: "2.04" }));
    expect(await finish(clock, ask(post("rsp", filled(17_000))))).toMatchObject({ code: "4.13" });
    expect(handled).toEqual([]);
  });

  it("answers a handler that fails with 5.00", async () => {
    const { clock, ask } = rig(() => Promise.reject(new Error("broken")));
    expect(await finish(clock, ask(get("cmd")))).toMatchObject({ code: "5.00" });
  });

  it("does a request that is not confirmable too, without repeating it", async () => {
    const { clock, network, ask } = rig(() => ({ code: "2.04" }));
    expect(await finish(clock, ask({ ...post("x", filled(1)), confirmable: false }))).toMatchObject({ code: "2.04" });
    expect(network.client.sent.length).toBe(1);
    expect(clock.monotonic()).toBeLessThan(minutes(1));
  });
});
