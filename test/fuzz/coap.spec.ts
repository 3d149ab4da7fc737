import { describe, expect, it } from "vitest";
import { CoapClient } from "../../src/coap/client.ts";
import { EMPTY, encodeMessage, parseMessage, type CoapMessage } from "../../src/coap/message.ts";
import { OPTION, textOption } from "../../src/coap/options.ts";
import type { CoapRequestIn } from "../../src/coap/server-request.ts";
import { CoapServerSession } from "../../src/coap/server-session.ts";
import { transfer } from "../../src/coap/transfer.ts";
import { minutes, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { deviceCoapHandler } from "../../src/service/device-coap.ts";
import { lossyNetwork, seededBytes } from "../fakes/lossy-channel.ts";
import { framesOf } from "./support/frames.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf, refusalOf } from "./support/refusal.ts";

const BODY_LIMIT = 16_384;
/** A body of 16 KiB in blocks of 16 bytes, twice. */
const MOST_TURNS = 2048;

/** Each datagram stands behind its length in two bytes. */
const TARGET: Target = {
  corpus: "coap",
  dictionary: [
    ...["40010001", "48020001", "60450001", "70000001", "50010001", "ff", "f0", "0f", "e0ffff", "dd", "ee0000", "b270"],
    ...[
      "63636d64",
      "b17003636d64",
      "d10a0e",
      "d10e0e",
      "d1170f",
      "d10afe",
      "d10a08",
      "e1ffe0",
      "d2120800",
      "c0",
      "0004",
      "0010",
    ],
  ].map((hex) => Buffer.from(hex, "hex")),
};

describe("datagrams", () => {
  it("are read to a message that is written the same again, or refused as malformed", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      for (const datagram of [bytes, ...framesOf(bytes)]) {
        const code = await endOf(() => {
          const message = parseMessage(datagram);
          const held = message.options.reduce((sum, { value }) => sum + value.length, message.payload.length);
          expect(held).toBeLessThanOrEqual(datagram.length);
          expect(parseMessage(encodeMessage(message))).toEqual(message);
        });
        expect(["taken", "coap.malformed"]).toContain(code);
      }
    });
  });

  it("of a hostile client are each answered at most as RFC 7252 allows, and the next good request is answered", async () => {
    await assertSurvives({ ...TARGET, cost: 3 }, async ({ bytes }) => {
      const clock = new VirtualClock();
      const { client, server } = lossyNetwork(clock);
      const handled: CoapRequestIn[] = [];
      const session = new CoapServerSession({
        ...{ channel: server, clock, random: seededBytes(1), bodyLimit: BODY_LIMIT },
        handler: (request) => {
          handled.push(request);
          return { code: "2.05", contentFormat: 60, payload: new Uint8Array(request.payload.length % 3000) };
        },
      });
      const frames = framesOf(bytes);
      for (const frame of frames) {
        server.deliver(frame);
        await clock.advance(seconds(0.1));
      }
      await clock.advance(minutes(3));
      expect(handled.length).toBeLessThanOrEqual(frames.length);
      for (const { payload } of handled) expect(payload.length).toBeLessThanOrEqual(BODY_LIMIT);
      for (const datagram of server.sent) parseMessage(datagram);
      const id = 0xabcd;
      const good: CoapMessage = {
        ...{ type: "CON", code: "0.01", id, token: Uint8Array.of(9, 9, 9), payload: new Uint8Array() },
        options: [textOption(OPTION.uriPath, "cmd")],
      };
      const before = server.sent.length;
      if (frames.some((frame) => frame.length >= 4 && frame[2] === 0xab && frame[3] === 0xcd)) return;
      client.send(encodeMessage(good));
      await clock.advance(seconds(5));
      expect(server.sent.slice(before).map((datagram) => parseMessage(datagram))).toContainEqual(
        expect.objectContaining({ id, type: "ACK", code: "2.05" }),
      );
      session.close();
      expect(clock.untilNext()).toBeUndefined();
    });
  });

  it("of a hostile service end a request with its answer or a refusal, in time", async () => {
    await assertSurvives({ ...TARGET, cost: 3 }, async ({ bytes }) => {
      const clock = new VirtualClock();
      const { client: channel, server } = lossyNetwork(clock);
      const frames = framesOf(bytes);
      const turn = { next: 0 };
      server.onMessage((datagram) => {
        const { id, token, code } = parseMessage(datagram);
        if (code === EMPTY || turn.next > MOST_TURNS) return;
        // What the service says is about this request every second time.
        const frame = frames[turn.next++ % Math.max(1, frames.length)];
        if (frame === undefined) return;
        server.send(frame);
        if (frame.length >= 4) server.send(addressed(frame, id, token));
      });
      const client = new CoapClient({ channel, clock, random: seededBytes(7) });
      const stop = new AbortController();
      clock.after(minutes(10), () => stop.abort(new StationError("transport.timeout", "no answer in time")));
      const payload = new Uint8Array(bytes.length % 2000);
      const request = {
        code: "0.02",
        confirmable: true,
        options: [textOption(OPTION.uriPath, "rsp")],
        payload,
      } as const;
      const limits = { block: 512, body: BODY_LIMIT } as const;
      const ended = endOf(async () => {
        const answer = await transfer((one) => client.ask(one, stop.signal), request, limits, seededBytes(8));
        expect(answer.payload.length).toBeLessThanOrEqual(BODY_LIMIT);
      });
      await clock.advance(minutes(11));
      expect(await ended).toMatch(/^(?:taken|coap\..+|transport\.timeout)$/);
      expect(channel.sent.length).toBeLessThan(3000);
    });
  });

  it("to the device side are answered with a code of the protocol, and nothing waits for who did not sign on", async () => {
    await assertSurvives({ ...TARGET, cost: 2 }, async ({ bytes }) => {
      const errors: StationError[] = [];
      const served: string[] = [];
      const handler = deviceCoapHandler({
        connectionId: true,
        onError: (error) => errors.push(error),
        api: {
          authenticate() {
            throw new StationError("service.token-refused", "no token is good here");
          },
          commands() {
            served.push("commands");
            return undefined;
          },
          report: () => void served.push("report"),
        },
      });
      for (const frame of framesOf(bytes)) {
        const code = await endOf(() => {
          const { code: method, options, payload } = parseMessage(frame);
          const texts = (wanted: number): string[] =>
            options.filter(({ number }) => number === wanted).map(({ value }) => Buffer.from(value).toString());
          const [path, query] = [texts(OPTION.uriPath), texts(OPTION.uriQuery)];
          return handler({ ...{ code: method, path, query, payload }, contentFormat: undefined, accept: undefined });
        });
        expect(["taken", "coap.malformed"]).toContain(code);
      }
      expect(served).toEqual([]);
      expect([...new Set(errors.map((error) => refusalOf(error)))]).toSatisfy((codes: readonly string[]) =>
        codes.every((code) => code === "service.token-refused" || code === "service.bad-request"),
      );
    });
  });
});

/** A datagram with the id and token of a request in place of its own. */
function addressed(frame: Uint8Array, id: number, token: Uint8Array): Uint8Array {
  const own = Math.min((frame[0] ?? 0) & 15, 8);
  const head = Uint8Array.of(((frame[0] ?? 0) & 0xf0) | token.length, frame[1] ?? 0, id >> 8, id & 255);
  return Uint8Array.from(Buffer.concat([head, token, frame.subarray(4 + own)]));
}
