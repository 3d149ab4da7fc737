import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import { EVENTS, eventSubject } from "../../../src/line/names.ts";
import { TempAudit } from "../../audit/temp-audit.ts";
import { hostileServer, type HostileAnswer } from "../../fakes/line/hostile-server.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";
import { send, StationOnLine } from "./drain-rig.ts";

let temp: TempAudit;
let station: StationOnLine;
beforeEach(async () => {
  temp = await TempAudit.make();
  station = await StationOnLine.open(temp);
});
afterEach(async () => temp.dispose());

const EMPTY = JSON.stringify({ error: { code: 404, err_code: 10_037, description: "no message found" } });
const LIMITS = { limits: { connectSeconds: 0.3, requestSeconds: 0.3 } };

/** Drains against such a server until it gives up for the first time: nothing may be settled. */
async function drainAgainst(answer: HostileAnswer): Promise<StationError | undefined> {
  const server = await hostileServer(answer);
  const sending = send(station, lineSettings([server.url], LIMITS));
  try {
    await new Promise<void>((resolve) => {
      sending.drain.subscribe(({ why }) => {
        if (why !== undefined) resolve();
      });
    });
    expect(server.requests()).toBeGreaterThan(0);
    expect(station.outbox.settled).toBe(0);
    return sending.drain.status.why;
  } finally {
    await sending.close();
    server.close();
  }
}

/** An answer to the question for the last message, and one to every message that is sent. */
const answering =
  (last: string | undefined, ack: string | undefined): HostileAnswer =>
  (subject) =>
    subject.startsWith("$JS.API.STREAM.MSG.GET") ? last : ack;

const message = (data: string, changes: object = {}): string =>
  JSON.stringify({
    message: {
      ...{ subject: eventSubject(station.store.stationId), seq: 7, time: "2026-01-01T00:00:00Z" },
      data: Buffer.from(data).toString("base64"),
      ...changes,
    },
  });

describe("answers to the question for the last event", () => {
  const cases: readonly (readonly [string, () => string | undefined, string])[] = [
    ["nothing", () => undefined, "line.away"],
    ["no JSON", () => "}{", "line.answer"],
    ["a JSON that is no answer", () => "[]", "line.answer"],
    ["null", () => "null", "line.answer"],
    ["an unknown error", () => JSON.stringify({ error: { code: 500, err_code: 1, description: "no" } }), "line.answer"],
    ["a cluster without leader", () => JSON.stringify({ error: { code: 503, err_code: 10_008 } }), "line.away"],
    ["no such stream", () => JSON.stringify({ error: { code: 404, err_code: 10_059 } }), "line.not-set-up"],
    ["rubbish as the event", () => message("rubbish"), "line.answer"],
    ["an event of nothing", () => message("{}"), "line.answer"],
    ["a deep event", () => message("[".repeat(50_000)), "line.answer"],
    ["another subject's event", () => message("{}", { subject: "station.events.other" }), "line.answer"],
    ["a sequence that is none", () => message("{}", { seq: -1 }), "line.answer"],
    ["a sequence beyond all numbers", () => message("{}", { seq: 1e300 }), "line.answer"],
    ["a huge event", () => message("x".repeat(2_000_000)), "line.answer"],
  ];
  for (const [what, last, code] of cases)
    it(`${what}: nothing is sent or settled, and it is ${code}`, async () => {
      expect(await drainAgainst(answering(last(), undefined))).toMatchObject({ code });
    });
});

describe("answers to an event", () => {
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ["nothing", undefined, "line.away"],
    ["no JSON", "+OK", "line.answer"],
    ["an acknowledgement of nothing", "{}", "line.answer"],
    ["another stream's acknowledgement", JSON.stringify({ stream: "OTHER", seq: 1 }), "line.answer"],
    ["a sequence that does not grow", JSON.stringify({ stream: EVENTS.stream, seq: 0 }), "line.answer"],
    ["a sequence that is a text", JSON.stringify({ stream: EVENTS.stream, seq: "9" }), "line.answer"],
    ["a repeat that was none", JSON.stringify({ stream: EVENTS.stream, seq: 9, duplicate: true }), "line.answer"],
    ["a wrong place", JSON.stringify({ error: { code: 400, err_code: 10_071, description: "wrong" } }), "line.answer"],
    ["a full stream", JSON.stringify({ error: { code: 400, err_code: 10_077, description: "full" } }), "line.full"],
  ];
  for (const [what, ack, code] of cases)
    it(`${what}: it is not settled, and it is ${code}`, async () => {
      expect(await drainAgainst(answering(EMPTY, ack))).toMatchObject({ code });
    });
});

it("whatever a server says, events wait and the reason is of the table", async () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.constant(EMPTY), fc.constant('{"stream":"STATION_EVENTS","seq":1}'));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (said) => {
      const server = await hostileServer((_subject, count) => said[count % said.length]);
      const sending = send(station, lineSettings([server.url], LIMITS));
      try {
        await sending.drain.finish(seconds(0.1));
        const { why = new StationError("line.away", "nothing came yet") } = sending.drain.status;
        expect(why).toBeInstanceOf(StationError);
        expect(station.outbox.size).toBeGreaterThan(0);
      } finally {
        await sending.close();
        server.close();
      }
    }),
    { numRuns: 40 },
  );
});
