import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimPortion, previewClaims, unclaimUnits, type ClaimRow } from "../../src/cloud/bulk-claim.ts";
import type { OwnerAnswer, OwnerApi, OwnerCall } from "../../src/cloud/owner-api.ts";
import { parseBulkClaim, parseRules } from "../../src/cloud/owner-answer.ts";
import { OwnerClient } from "../../src/cloud/owner-client.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { asStationError, StationError } from "../../src/core/error.ts";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { Secret } from "../../src/core/secret.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { answer } from "../fakes/fake-service.ts";

const uuidOf = (count: number) => `50363154-3931-44f0-8022-${String(count).padStart(12, "0")}` as DeviceUuid;
const row = (count: number, tags: readonly string[] = []): ClaimRow => ({
  ...{ uuid: uuidOf(count), token: new Secret(`token${count}`), tags },
});

type Script = (call: OwnerCall, count: number) => OwnerAnswer | StationError;

/** Bulk work against answers that a test makes. */
function bulk(script: Script) {
  const calls: OwnerCall[] = [];
  const clock = new VirtualClock();
  const api: OwnerApi = {
    exchange: (call) => {
      calls.push(call);
      const given = script(call, calls.length);
      return given instanceof StationError ? Promise.reject(given) : Promise.resolve(given);
    },
  };
  const owner = new OwnerClient({ api, clock, limit: seconds(60) });
  const parts = { owner, clock, signal: new AbortController().signal };
  const ended = async <T>(work: Promise<T>): Promise<T> => {
    const state = { done: false };
    const settled = work.finally(() => (state.done = true));
    settled.catch(() => undefined);
    for (;;) {
      // Answers come before any limit passes.
      await new Promise((resolve) => setImmediate(resolve));
      if (state.done) return settled;
      await clock.advance(clock.untilNext() ?? milliseconds(1));
    }
  };
  return { calls, parts, ended, clock };
}

const isBulk = ({ method, path }: OwnerCall): boolean => method === "POST" && path === "claimed-devices";
const resultsOf = (results: readonly { readonly result: string }[]): readonly string[] =>
  results.map(({ result }) => result);

describe("a bulk claim", () => {
  it("sends every field quoted, tags in one", async () => {
    const { calls, parts, ended } = bulk(() => answer(200, { claimedIds: [1, 2].map(uuidOf), failed: [] }));
    const results = await ended(claimPortion([row(1, ["a", 'b"c']), row(2)], parts));
    expect(resultsOf(results)).toEqual(["claimed", "claimed"]);
    expect(calls[0]?.body?.reveal()).toBe('"token1","a,b""c"\n"token2"\n');
    expect(calls[0]?.headers).toContainEqual(["Content-Type", "text/csv"]);
  });

  it("finds out about every unit that was not claimed", async () => {
    const { parts, ended } = bulk((call) => {
      if (isBulk(call))
        return answer(201, { claimedIds: [uuidOf(1)], failed: [{ id: uuidOf(4), message: "no room" }] });
      const token = /token(\d)/.exec(call.body?.reveal() ?? "")?.[1];
      if (token === "4") return answer(202);
      if (token === "5") return answer(400, { message: "signature of the attestation token is wrong" });
      if (token !== undefined) return answer(409);
      return call.path.endsWith(uuidOf(2)) ? answer(200, { id: uuidOf(2) }) : answer(404);
    });
    const results = await ended(
      claimPortion(
        [1, 2, 3, 4, 5].map((count) => row(count)),
        parts,
      ),
    );
    expect(resultsOf(results)).toEqual(["claimed", "ours-already", "claimed-elsewhere", "refused", "refused"]);
    expect(results[3]?.reason).toBe("no room");
    expect(results[4]?.reason).toContain("signature");
  });

  it("asks for each unit after an answer was lost, and sends again only what is not ours by then", async () => {
    const { calls, parts, ended } = bulk((call, count) => {
      if (count === 1) return new StationError("transport.reset", "gone");
      if (isBulk(call)) return answer(200, { claimedIds: [uuidOf(2)], failed: [] });
      return call.path.endsWith(uuidOf(1)) ? answer(200, { id: uuidOf(1) }) : answer(404);
    });
    expect(resultsOf(await ended(claimPortion([row(1), row(2)], parts)))).toEqual(["ours-already", "claimed"]);
    expect(calls.filter(isBulk).map((call) => call.body?.reveal())).toEqual(['"token1"\n"token2"\n', '"token2"\n']);
  });

  it("gives up after three lost answers, with the units as unknown", async () => {
    const { calls, parts, ended } = bulk((call) => (isBulk(call) ? answer(503) : answer(404)));
    expect(resultsOf(await ended(claimPortion([row(1)], parts)))).toEqual(["unknown"]);
    expect(calls.filter(isBulk)).toHaveLength(3);
  });

  it("ends at once when the service refuses the call as a whole", async () => {
    const { calls, parts, ended } = bulk(() => answer(403, { message: "Forbidden" }));
    expect(await ended(claimPortion([row(1), row(2)], parts)).catch(asStationError)).toMatchObject({
      code: "cloud.role-refused",
    });
    expect(calls).toHaveLength(1);
  });

  it("never hangs and never throws anything but its own errors, whatever is answered", async () => {
    const answers = fc.record({ status: fc.constantFrom(200, 201, 202, 400, 404, 409, 422, 500), body: fc.json() });
    await fc.assert(
      fc.asyncProperty(fc.array(answers, { minLength: 1, maxLength: 6 }), async (list) => {
        const { parts, ended } = bulk((_call, count) => {
          const { status, body } = list[(count - 1) % list.length] ?? { status: 500, body: "" };
          return { status, body: new TextEncoder().encode(body) };
        });
        const rows = [row(1), row(2)];
        const results = await ended(claimPortion(rows, parts)).catch(asStationError);
        expect(results instanceof StationError || results.length === rows.length).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a look at units before their claim, and giving them up", () => {
  it("changes nothing", async () => {
    const { calls, parts, ended } = bulk(({ body }) => (body?.reveal().includes("token2") ? answer(409) : answer(202)));
    const previews = await ended(previewClaims([row(1)], parts));
    expect(resultsOf(previews)).toEqual(["claimable"]);
    expect(calls.every(({ method, path }) => method === "GET" || path.endsWith("dryrun=true"))).toBe(true);
  });

  it("asks whose a unit is before it is given up, and tells what is unknown", async () => {
    const { parts, ended } = bulk(({ method, path }) => {
      if (path.endsWith(uuidOf(2))) return answer(404);
      if (method === "GET") return answer(200, { id: uuidOf(1) });
      return path.endsWith(uuidOf(3)) ? answer(500) : answer(204);
    });
    const results = await ended(unclaimUnits([1, 2, 3].map(uuidOf), parts));
    expect(resultsOf(results)).toEqual(["unclaimed", "not-ours", "unknown"]);
  });
});

describe("waiting for a service that limits the rate", () => {
  const slow = (header?: string): OwnerAnswer => ({
    ...answer(429),
    ...(header === undefined ? {} : { retryAfter: header }),
  });
  const took = async (spread: number, script: Script): Promise<number> => {
    const { clock, ended } = bulk(script);
    const api: OwnerApi = { exchange: (call) => Promise.resolve(script(call, (count.now += 1)) as OwnerAnswer) };
    const count = { now: 0 };
    const owner = new OwnerClient({ api, clock, limit: seconds(60), spread });
    const begun = clock.monotonic();
    await ended(owner.rules().catch(asStationError));
    return clock.monotonic() - begun;
  };

  it("doubles its pauses, takes what the service names as the least, and spreads the slots", async () => {
    const twice: Script = (_call, count) => (count < 3 ? slow() : answer(200, []));
    expect(await took(0, twice)).toBe(3000);
    expect(await took(1, twice)).toBe(6000);
    const asked: Script = (_call, count) => (count < 2 ? slow("7") : answer(200, []));
    expect(await took(0.5, asked)).toBe(7500);
  });

  it("gives up after six requests", async () => {
    expect(await took(0, () => slow())).toBe(31_000);
  });

  it("never sends again a POST that 503 answered", async () => {
    const { calls, parts, ended } = bulk(() => answer(503));
    await ended(parts.owner.claim("t", uuidOf(1), []).catch(asStationError));
    expect(calls).toHaveLength(1);
  });
});

function faultOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("answers about rules and bulk claims", () => {
  it("are read as services give them", () => {
    const rule = { name: "R", active: true, tags: ["a"], commands: [{ request: { finished: {} } }, {}] };
    expect(parseRules(answer(200, { items: [rule, { tags: [] }] }))).toEqual([
      { name: "R", active: true, tags: ["a"], kinds: ["finished", ""] },
    ]);
    expect(parseBulkClaim(answer(200, { claimedIds: ["x", uuidOf(1).toUpperCase()] })).claimed).toEqual([uuidOf(1)]);
  });

  it("throw nothing but their own errors, whatever they hold", () => {
    fc.assert(
      fc.property(fc.constantFrom(200, 201, 400, 404, 500), fc.json(), (status, text) => {
        const given = { status, body: new TextEncoder().encode(text) };
        const faults = [parseRules, parseBulkClaim].map((parse) => faultOf(() => parse(given)));
        expect(faults.every((fault) => fault === undefined || fault instanceof StationError)).toBe(true);
      }),
    );
  });
});
