import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerRequest } from "../../../main/ipc/answer-request.ts";
import type { Handlers } from "../../../main/ipc/handlers.ts";
import { parseReply, REQUESTS } from "../../../src/contract/desktop.ts";
import { OPEN_SESSION } from "../../../src/contract/desktop-session.ts";
import { DEFAULT_SETTINGS } from "../../../src/contract/desktop-settings.ts";
import { StationError } from "../../../src/core/error.ts";

/** Handlers of which only those that a spec names do anything. */
function handlersWith(own: Partial<Handlers>): Handlers {
  const refuse = (): never => {
    throw new StationError("station.internal", "not expected");
  };
  const none = Object.fromEntries(Object.keys(REQUESTS).map((kind) => [kind, refuse]));
  return { ...none, ...own } as Handlers;
}

const openStation = () => OPEN_SESSION;

describe("answerRequest", () => {
  it("answers a request of its form with what the handler makes of it, defaults filled in", async () => {
    const asked: unknown[] = [];
    const handlers = handlersWith({
      start: (request) => {
        asked.push(request);
        throw new StationError("station.closed", "the station is closed", { slot: "1" });
      },
      "settings.read": () => DEFAULT_SETTINGS,
    });
    expect(await answerRequest(handlers, openStation, "settings.read", null)).toEqual({
      ok: true,
      answer: DEFAULT_SETTINGS,
    });
    await answerRequest(handlers, openStation, "start", {});
    expect(asked).toEqual([{ serials: {}, again: false }]);
  });

  it("carries an error over with code, facts, advice and cause", async () => {
    const handlers = handlersWith({
      "history.run": () => {
        const cause = new StationError("audit.corrupt", "the chain is broken", { position: 7 });
        throw new StationError("audit.thread", "the history thread ended", { tries: 2 }, { cause });
      },
    });
    const id = "00000000-0000-7000-8000-000000000001";
    const reply: unknown = structuredClone(await answerRequest(handlers, openStation, "history.run", { id }));
    expect(() => parseReply("history.run", reply)).toThrow(
      expect.objectContaining({
        ...{ code: "audit.thread", facts: { tries: 2 } },
        cause: expect.objectContaining({ code: "audit.corrupt", facts: { position: 7 } }) as unknown,
      }),
    );
  });

  it("refuses a kind that there is not, also one that every object has", async () => {
    for (const kind of ["nothing", "toString", "__proto__", "constructor", 7, null, undefined, {}])
      expect(await answerRequest(handlersWith({}), openStation, kind, null)).toMatchObject({
        ok: false,
        error: { code: "desktop.request" },
      });
  });

  it("names the field that is not of its form", async () => {
    const asks = { query: { filter: { outcome: "MAYBE" }, limit: 10 } };
    expect(await answerRequest(handlersWith({}), openStation, "history.runs", asks)).toMatchObject({
      error: { code: "desktop.request", facts: { kind: "history.runs", field: "query.filter.outcome" } },
    });
  });

  it("answers whatever a window sends with a reply that the window can read", async () => {
    const kinds = fc.constantFrom(...Object.keys(REQUESTS));
    await fc.assert(
      fc.asyncProperty(fc.oneof(kinds, fc.anything()), fc.anything({ maxDepth: 4 }), async (kind, asks) => {
        const reply = await answerRequest(handlersWith({}), openStation, kind, asks);
        expect(reply.ok).toBe(false);
        expect(() => parseReply("snapshot", structuredClone(reply))).toThrow(StationError);
      }),
    );
  });
});
