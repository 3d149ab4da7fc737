import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerRequest } from "../../main/ipc/answer-request.ts";
import type { Handlers } from "../../main/ipc/handlers.ts";
import type { HistoryRequest } from "../../src/audit/history-messages.ts";
import { HistoryServer } from "../../src/audit/history-server.ts";
import type { FromThread, ToThread } from "../../src/audit/work-thread.ts";
import { OPEN_SESSION } from "../../src/contract/desktop-session.ts";
import {
  CHANNELS,
  isRequestKind,
  parseMessage,
  parseReply,
  REQUESTS,
  type Channel,
} from "../../src/contract/desktop.ts";
import { FromWorkerSchema, type FromWorker } from "../../src/contract/order.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { DeviceWorker } from "../../src/worker/device-worker.ts";
import { batchId, batchStart, wholeRun } from "../audit/samples.ts";
import { TempAudit } from "../audit/temp-audit.ts";
import { finished, passing, StationRig } from "../station/station-rig.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import type { Input } from "./support/mutation.ts";
import { assertHidden, endOf } from "./support/refusal.ts";

/** Credentials that orders, answers and requests of the corpus hold. */
const SECRET = "owners-api-key-0123456789";

/** A seed holds one JSON value a line; lines that are none after changes are taken as texts. */
const TARGET: Target = {
  corpus: "ipc",
  cost: 2,
  dictionary: [
    ...[
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "null",
      "true",
      "-1",
      "1e999",
      "[[[[[[",
      '"__proto__":',
      '"constructor":',
      '"type":',
    ],
    ...[
      '"order"',
      '"event"',
      '"kind":',
      '"asks":',
      '"id":',
      '"slot":"1"',
      '"runId":',
      '"seq":',
      "99999999999999999999",
      "\\u0000",
    ],
    ...[...Object.keys(REQUESTS).map((kind) => `"${kind}"`), `"${SECRET}"`, "\n", '"\\ud800"'],
  ],
};

function messagesIn({ text }: Input): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, 64)
    .map((line): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        return line;
      }
    });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The request with what it writes in this folder, wherever it asks for: its texts are changed at random. */
function writtenIn(folder: string, request: unknown): unknown {
  const asks = isRecord(request) ? request["asks"] : undefined;
  if (!isRecord(request) || !isRecord(asks) || typeof asks["out"] !== "string") return request;
  return { ...request, asks: { ...asks, out: join(folder, "export") } };
}

describe("messages between processes", () => {
  it("of a window are answered with a reply that it can read, and no reply repeats a secret", async () => {
    const taken: string[] = [];
    const handlers = Object.fromEntries(
      Object.keys(REQUESTS).map((kind) => [kind, () => void taken.push(kind)]),
    ) as unknown as Handlers;
    await assertSurvives(TARGET, async (input) => {
      for (const message of messagesIn(input)) {
        const { kind, asks } = isRecord(message) ? message : { kind: message, asks: message };
        const reply = await answerRequest(handlers, () => OPEN_SESSION, kind, asks);
        // What stands where a request's name belongs is no credential, and its beginning is told.
        if (!String(kind).includes(SECRET)) assertHidden(JSON.stringify(reply), [SECRET]);
        if (!reply.ok) await endOf(() => parseReply("snapshot", structuredClone(reply)));
        else expect(isRequestKind(kind)).toBe(true);
      }
    });
    expect(taken.length).toBeGreaterThan(0);
  });

  it("to a window are of their form or refused by it", async () => {
    await assertSurvives(TARGET, async (input) => {
      for (const message of messagesIn(input)) {
        for (const channel of Object.keys(CHANNELS) as Channel[])
          expect(await endOf(() => parseMessage(channel, message))).toMatch(/^(?:taken|desktop\.answer)$/);
        for (const kind of ["snapshot", "history.runs"] as const) {
          // An error that is reported in due form is thrown as it is; every other end is the window's own.
          const reported = isRecord(message) && message["ok"] === false;
          if (!reported) expect(await endOf(() => parseReply(kind, message))).toMatch(/^(?:taken|desktop\.answer)$/);
        }
      }
    });
  });

  it("of a core are obeyed or complained about, the secrets in them never told, and the next order is carried out", async () => {
    await assertSurvives(TARGET, async (input) => {
      const clock = new VirtualClock();
      const sent: FromWorker[] = [];
      const ends = { count: 0 };
      const hears: ((message: unknown) => void)[] = [];
      const port = {
        send: (message: FromWorker) => void sent.push(FromWorkerSchema.parse(structuredClone(message))),
        onMessage: (handler: (message: unknown) => void) => void hears.push(handler),
        onGone: () => undefined,
        flushed: () => Promise.resolve(),
      };
      new DeviceWorker({ port, clock, execute: () => Promise.resolve(), onEnd: () => ends.count++ }).start();
      for (const message of messagesIn(input)) for (const hear of hears) hear(message);
      await clock.advance(milliseconds(10));
      assertHidden(JSON.stringify(sent), [SECRET]);
      expect(sent.filter(({ type }) => type === "log").length).toBeLessThanOrEqual(100);
      if (ends.count === 0) await clock.advance(seconds(1));
      if (ends.count === 0) expect(sent.at(-1)).toEqual({ type: "alive" });
    });
  });

  it("of a worker end in one recorded result at most each run, and the slot works afterwards", async () => {
    await assertSurvives({ ...TARGET, cost: 8 }, async (input) => {
      const rig = new StationRig({ script: () => undefined });
      const { done } = await rig.station.start(rig.request());
      await rig.advance(0);
      for (const message of messagesIn(input)) {
        const worker = rig.host.of("1");
        const named = { runId: worker.order?.runId, slot: "1", at: "2026-01-01T00:00:00.000Z" };
        if (!isRecord(message)) worker.say(message);
        else if (isRecord(message["event"])) worker.say({ ...message, event: { ...message["event"], ...named } });
        else worker.say("runId" in message ? { ...message, ...named, at: undefined } : message);
        await rig.advance(1);
      }
      rig.station.abort("all");
      await rig.advance(seconds(300));
      expect((await done).units).toBe(1);
      const events = rig.stored("1");
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index));
      expect(events.filter(({ type }) => type === finished("PASS").type)).toHaveLength(1);
      rig.host.script = passing;
      const next = await rig.station.start(rig.request({ again: true }));
      await rig.advance(seconds(300));
      expect(await next.done).toMatchObject({ pass: 1 });
    });
  });

  describe("of the history", () => {
    const state: { temp?: TempAudit } = {};
    beforeAll(async () => {
      const temp = await TempAudit.make();
      state.temp = temp;
      const { store } = await temp.open();
      await store.startBatch(batchStart(1, { slots: 1 }));
      for (const event of wholeRun(1)) await store.append(event);
      await store.finishBatch(batchId(1), "2026-01-01T00:00:09.000Z", 1);
      await store.close();
    });
    afterAll(async () => {
      await state.temp?.dispose();
      if (state.temp !== undefined) await rm(state.temp.folder, { recursive: true, force: true });
    });

    it("are each answered once, in an answer that can cross, and the record is read afterwards", async () => {
      await assertSurvives({ ...TARGET, cost: 4 }, async (input) => {
        const answers: FromThread[] = [];
        const server = new HistoryServer(state.temp?.file ?? "", (answer) => answers.push(structuredClone(answer)));
        const folder = state.temp?.folder ?? "";
        const asked = messagesIn(input).map(
          (request, id) => ({ type: "ask", id, request: writtenIn(folder, request) }) as ToThread<HistoryRequest>,
        );
        for (const message of asked) await server.take(message);
        const ended = answers.filter(({ type }) => type !== "progress").map(({ id }) => id);
        expect(ended).toEqual(asked.map(({ id }) => id));
        await server.take({ type: "ask", id: 999, request: { kind: "counts", asks: {} } });
        expect(answers.at(-1)).toMatchObject({ type: "done", id: 999, answer: { runs: 1 } });
        server.close();
      });
    });
  });
});
