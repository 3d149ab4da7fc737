import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RunEventSchema, type RunEventBody } from "../../src/contract/run-event.ts";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { boundedBody, cut } from "../../src/run/bounded-body.ts";
import { RUN, SLOT } from "./support/run-rig.ts";

const stamp = { runId: RUN, slot: SLOT, seq: 1, at: "2026-01-01T00:00:00.000Z" };
const UUID = "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid;
/** Texts as modems and services may send them: long, binary, lone surrogates. */
const wild = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.integer({ min: 0, max: 20_000 }).map((length) => "é".repeat(length)),
  fc.array(fc.integer({ min: 0xd800, max: 0xdfff }), { maxLength: 50 }).map((units) => String.fromCharCode(...units)),
);
const fact = fc.oneof(
  wild,
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.record({ value: fc.double(), unit: fc.constant("ms" as const) }),
);
const facts = fc.dictionary(wild, fact, { maxKeys: 4 });
const error = fc.record({
  code: fc.constant("at.timeout" as const),
  what: wild,
  facts,
  advice: fc.constant("Try again."),
  cause: fc.record({ code: wild, what: wild, facts, cause: fc.record({ code: wild, what: wild, facts }) }),
});
const command = fc.record({
  id: wild,
  kind: fc.constant("at" as const),
  text: wild,
  ordinal: fc.constant(1),
  total: fc.constant(1),
});

const bodies: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.record({ type: fc.constant("note" as const), level: fc.constant("info" as const), text: wild, facts }),
  fc.record({ type: fc.constant("at.exchange" as const), command: wild, reply: wild, elapsedMs: fc.constant(1) }),
  fc.record({ type: fc.constant("command.announced" as const), command }),
  fc.record({
    ...{ type: fc.constant("command.concluded" as const), command, reply: wild },
    ...{ result: fc.constant("ok" as const), elapsedMs: fc.constant(1) },
  }),
  fc.record({
    ...{ type: fc.constant("claim.concluded" as const), act: fc.constant("claim" as const), error },
    ...{ uuid: fc.constant(UUID), result: fc.constant("unknown" as const) },
  }),
  fc.record({
    ...{ type: fc.constant("queue.announced" as const), act: fc.constant("discard" as const), first: fc.constant(0) },
    ...{ commands: fc.array(wild, { maxLength: 300 }), mark: fc.constant("mark") },
  }),
  fc.record({
    ...{ type: fc.constant("queue.concluded" as const), act: fc.constant("queue" as const), error },
    ...{ result: fc.constant("refused" as const), ids: fc.array(wild, { maxLength: 300 }) },
  }),
  fc.record({
    type: fc.constant("queue.settled" as const),
    commands: fc.array(fc.record({ id: wild, status: wild }), { maxLength: 300 }),
  }),
  fc.record({ type: fc.constant("setting.written" as const), key: wild, value: wild, sink: fc.constant("station") }),
  fc.record({
    ...{ type: fc.constant("run.finished" as const), outcome: fc.constant("FAIL" as const), error },
    ...{ release: fc.constant("restored" as const), elapsedMs: fc.constant(1) },
  }),
);

describe("an event on its way out", () => {
  it("always keeps the bounds of the contract, whatever texts are in it", () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const event = JSON.parse(JSON.stringify({ ...boundedBody(body), ...stamp })) as unknown;
        expect(RunEventSchema.safeParse(event).error).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  it("shows bytes that are not UTF-8 as \\xNN and cuts with an ellipsis", () => {
    expect(cut("a\udcffb", 10)).toBe("a\\xffb");
    expect(cut("abcdef", 4)).toBe("abc…");
    expect(cut("\udcff\udcff", 5)).toHaveLength(5);
  });
});
