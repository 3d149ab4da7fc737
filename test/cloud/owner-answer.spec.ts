import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ANSWER_LIMIT,
  parseClaim,
  parseCommand,
  parseCommands,
  parseDryRun,
  parseQueued,
  parseRemoval,
  parseUnit,
} from "../../src/cloud/owner-answer.ts";
import type { OwnerAnswer } from "../../src/cloud/owner-api.ts";
import { retryAfter } from "../../src/cloud/owner-refusal.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import { answer } from "../fakes/fake-service.ts";

const UUID = "50363154-3931-44f0-8022-121b6401627d";

const TOKEN = `${"A".repeat(200)}.${"b-_".repeat(60)}`;

function codeOf(work: () => unknown): string {
  try {
    work();
    return "no error";
  } catch (error) {
    return asStationError(error).code;
  }
}

describe("answers of the owner API", () => {
  it("are read as the service gives them", () => {
    expect(parseClaim(answer(201, { id: UUID.toUpperCase(), tags: ["a"], more: 1 }))).toEqual({
      uuid: UUID,
      tags: ["a"],
    });
    expect(parseClaim(answer(201, {}))).toBeUndefined();
    expect(parseUnit(answer(404))).toBeUndefined();
    expect(parseUnit(answer(200, { id: UUID }))).toEqual({ uuid: UUID, tags: [] });
    expect(parseQueued(answer(201, { id: "c1" }))).toBe("c1");
    expect(parseCommand(answer(200, { status: "SUCCEEDED" }), "c1")).toEqual({
      id: "c1",
      state: "succeeded",
      status: "SUCCEEDED",
    });
    expect(() => {
      parseDryRun(answer(202));
      parseRemoval(answer(204));
      parseRemoval(answer(404));
    }).not.toThrow();
  });

  it("name the states that scripts know, and take every other for a failure", () => {
    const items = ["PENDING", "IN_PROGRESS", "SUCCEEDED", "FAILED", "EXPIRED"].map((status, index) => ({
      id: `c${index}`,
      status,
    }));
    const states = parseCommands(answer(200, { items })).map(({ state }) => state);
    expect(states).toEqual(["waiting", "waiting", "succeeded", "failed", "failed"]);
    expect(parseCommands(answer(200, items))).toHaveLength(5);
  });

  it("tell why a command failed, but nothing of one that succeeded, whose answer may be a token", () => {
    const failed = { status: "FAILED", response: { config: { reason: "not stored", message: "x" } } };
    expect(parseCommand(answer(200, failed), "c").message).toBe("not stored");
    const done = { status: "SUCCEEDED", response: { cloudAccessKeyGeneration: { message: "secret.token" } } };
    expect(JSON.stringify(parseCommand(answer(200, done), "c"))).not.toContain("secret");
  });

  it.each([
    ["the token alone", { cloudAccessKeyGeneration: { csr: TOKEN } }],
    ["at another place", { certificateSigningRequest: { message: TOKEN } }],
    ["a public key's", { clientPrivateKeyGeneration: { publicKey: TOKEN, message: "x" } }],
    ["the modem's whole answer", { endorsementKeyGeneration: { message: `%KEYGEN: "${TOKEN}"\r\nOK\r\n` } }],
    ["without the kind around it", { csr: TOKEN }],
  ])("hold the token of a key that was made: %s", (_form, response) => {
    expect(parseCommand(answer(200, { status: "SUCCEEDED", response }), "c").keyToken).toBe(TOKEN);
  });

  it.each([
    { config: { message: "OK" } },
    { csr: `${TOKEN}.third` },
    { csr: `${"a".repeat(9000)}.${"b".repeat(9000)}` },
    { csr: 7 },
    {},
  ])("hold no token where %j has none", (response) => {
    expect(parseCommand(answer(200, { status: "SUCCEEDED", response }), "c").keyToken).toBeUndefined();
  });

  it.each([
    [401, {}, "cloud.key-refused"],
    [403, {}, "cloud.role-refused"],
    [404, {}, "cloud.not-found"],
    [409, {}, "cloud.queue-full"],
    [400, { message: "a device takes at most 20 commands" }, "cloud.queue-full"],
    [400, { message: "request: must hold exactly one of …" }, "cloud.refused"],
    [405, {}, "cloud.refused"],
    [413, {}, "cloud.too-large"],
    [429, {}, "cloud.too-many-requests"],
    [500, {}, "cloud.unavailable"],
    [503, {}, "cloud.unavailable"],
    [302, {}, "cloud.bad-answer"],
    [201, {}, "cloud.bad-answer"],
    [201, { id: 7 }, "cloud.bad-answer"],
  ])("to queueing: status %i %j is %s", (status, body, code) => {
    expect(codeOf(() => parseQueued(answer(status, body)))).toBe(code);
  });

  it("carry the service's message, one line and bounded, and the waiting time it asks for", () => {
    const message = `line\n${"x".repeat(2000)}`;
    const given = { ...answer(429, { errors: [{ message }] }), retryAfter: "30" };
    const error = ((): StationError => {
      try {
        parseQueued(given);
      } catch (caught) {
        return asStationError(caught);
      }
      throw new TypeError("no error");
    })();
    expect(error.facts).toMatchObject({ status: 429, retryAfter: { value: 30_000, unit: "ms" } });
    expect(error.facts["message"]).toMatch(/^line x{1,300}$/);
  });

  it("never repeat a token that the service repeats", () => {
    const token = `2dn3${"a-B_".repeat(18)}.${"0oRD".repeat(26)}`;
    const refused = ((): StationError => {
      try {
        parseClaim(answer(400, { message: `claimToken ${token} is not known` }));
      } catch (caught) {
        return asStationError(caught);
      }
      throw new TypeError("no error");
    })();
    expect(refused).toMatchObject({
      code: "cloud.token-refused",
      facts: { message: "claimToken [hidden] is not known" },
    });
  });

  it("ask for whole seconds only, at most an hour", () => {
    expect([undefined, "", "-1", "1.5", "Wed, 21 Oct 2015 07:28:00 GMT", "7", "99999999"].map(retryAfter)).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined],
      ...[7000, 3_600_000],
    ]);
  });

  it("are refused beyond their size", () => {
    const body = new Uint8Array(ANSWER_LIMIT + 1).fill(32);
    expect(codeOf(() => parseCommands({ status: 200, body }))).toBe("cloud.bad-answer");
  });

  it("never throw anything but a StationError, whatever the service sends", () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc
        .record({ items: fc.array(fc.record({ id: fc.anything(), status: fc.anything(), response: fc.anything() })) })
        .map((value) =>
          new TextEncoder().encode(
            JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? 1 : inner)),
          ),
        ),
    );
    const answers: fc.Arbitrary<OwnerAnswer> = fc.record({
      ...{ status: fc.constantFrom(200, 201, 202, 204, 302, 400, 401, 404, 409, 413, 429, 500, 999), body },
    });
    const parsers = [parseClaim, parseDryRun, parseUnit, parseRemoval, parseQueued, parseCommands];
    const faultOf = (parse: (given: OwnerAnswer) => unknown, given: OwnerAnswer): unknown => {
      try {
        parse(given);
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const all = fc.constantFrom(...parsers, (given: OwnerAnswer) => parseCommand(given, "c"));
    fc.assert(
      fc.property(answers, all, (given, parse) => {
        const fault = faultOf(parse, given);
        if (fault === undefined) return true;
        return fault instanceof StationError && JSON.stringify(fault.facts).length < 2000;
      }),
      { numRuns: 500 },
    );
  });
});
