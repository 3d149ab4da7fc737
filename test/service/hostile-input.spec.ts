import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tagsOf } from "../../src/contract/owner-api.ts";
import { parseDeviceToken } from "../../src/service/device-token.ts";
import { parseFetchQuery } from "../../src/service/fetch-query.ts";
import { targetOf } from "../../src/service/http-message.ts";
import { judgeKeyResult } from "../../src/service/key-result.ts";
import { recoverKeys } from "../../src/service/public-key.ts";
import { judge } from "../../src/service/verdict.ts";
import { StationError } from "../../src/core/error.ts";
import { FakeDevice, report, successOf } from "./support/fake-device.ts";
import { ask, Harness } from "./support/harness.ts";

let harness: Harness;
const device = new FakeDevice();

beforeAll(async () => {
  harness = await Harness.start();
  await harness.claim(device);
});

afterAll(() => harness.stop());

/** A valid text or byte string with a few bytes changed, cut off or put in. */
const mutated = (valid: Buffer): fc.Arbitrary<Buffer> =>
  fc
    .array(fc.tuple(fc.nat(valid.length), fc.nat(255), fc.constantFrom("set", "cut", "insert")), {
      minLength: 1,
      maxLength: 6,
    })
    .map((changes) => {
      let bytes = Buffer.from(valid);
      for (const [at, value, how] of changes) {
        if (how === "cut") bytes = bytes.subarray(0, at);
        else if (how === "insert") bytes = Buffer.concat([bytes.subarray(0, at), Buffer.of(value), bytes.subarray(at)]);
        else if (at < bytes.length) bytes[at] = value;
      }
      return bytes;
    });

const code = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return error instanceof StationError ? error.code : String(error);
  }
};

describe("tokens", () => {
  it("are refused with service.token-refused or read, whatever they are", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 3000, unit: "binary" }), mutated(Buffer.from(device.jwt())).map(String)),
        (text) => {
          expect(code(() => parseDeviceToken(text))).toMatch(/^(none|service\.token-refused)$/);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("with changed bytes never open a device's queue", async () => {
    const token = device.jwt();
    await fc.assert(
      fc.asyncProperty(mutated(Buffer.from(token)), async (bytes) => {
        const text = bytes.toString("latin1").replaceAll(/[^\x21-\x7e]/g, "!");
        fc.pre(text !== token);
        const headers = { Authorization: `Bearer ${text}` };
        const reply = await ask(`${harness.service.https}/v1/provisioning/commands`, harness.ca, { headers });
        expect(reply.status).toBe(401);
      }),
      { numRuns: 40 },
    );
  });

  it("of attestations with a changed message never open a device's queue, and none makes the device side fail", async () => {
    const [message = "", signature = ""] = device.attestation().split(".");
    const status = async (token: string) => {
      const headers = { Authorization: `Bearer att.${token.replaceAll(/[^\x21-\x7e]/g, "!")}` };
      return (await ask(`${harness.service.https}/v1/provisioning/commands`, harness.ca, { headers })).status;
    };
    await harness.get(device);
    expect(await status(`${message}.${signature}`)).toBe(204);
    await fc.assert(
      fc.asyncProperty(mutated(Buffer.from(message)), mutated(Buffer.from(signature)), async (first, second) => {
        fc.pre(first.toString("latin1") !== message);
        expect(await status(`${first.toString("latin1")}.${signature}`)).toBe(401);
        expect([204, 401]).toContain(await status(`${message}.${second.toString("latin1")}`));
      }),
      { numRuns: 30 },
    );
  });

  it("with any signature give keys or none", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 70 }),
        fc.uint8Array({ maxLength: 50 }),
        (signature, message) => {
          expect([0, 2]).toContain(recoverKeys(signature, [message]).length);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("queries and targets", () => {
  it("always lead to plausible limits", () => {
    const names = fc.constantFrom("after", "rxMaxSize", "txMaxSize", "limit", "mver", "cver", "__proto__");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, fc.oneof(fc.string(), fc.integer().map(String))), { maxLength: 12 }),
        (pairs) => {
          const query = parseFetchQuery(pairs);
          expect(query.limit).toBeGreaterThanOrEqual(1);
          expect(query.limit).toBeLessThanOrEqual(20);
          for (const size of [query.rxMaxSize, query.txMaxSize]) {
            expect(size).toBeGreaterThanOrEqual(512);
            expect(size).toBeLessThanOrEqual(65_536);
          }
        },
      ),
    );
  });

  it("are split without ever failing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (url) => {
        expect(targetOf(url).parameters.length).toBeLessThanOrEqual(64);
      }),
    );
  });

  it("never make the device side answer 500", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (query) => {
        const reply = await harness.get(device, encodeURI(query).replaceAll(/[^\x21-\x7e]|#/g, ""));
        expect([200, 204]).toContain(reply.status);
      }),
      { numRuns: 25 },
    );
  });
});

describe("reports", () => {
  it("are accepted with 200 or refused with 400, and never harm the queue", async () => {
    await harness.queue(device, { finished: {} });
    const list = await harness.fetch(device);
    const valid = report([
      { kind: "at", id: "unknown", message: "OK\r\n" },
      { kind: "error", id: "x", cme: 513, message: "" },
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
          mutated(valid),
        ),
        async (body) => {
          expect([200, 400]).toContain((await harness.post(device, body)).status);
        },
      ),
      { numRuns: 40 },
    );
    expect(await harness.fetch(device)).toEqual(list);
    await harness.report(device, successOf(list, device));
  });

  it("are judged without ever failing, success only after OK", () => {
    const command = { kind: "at", id: "a", command: "%X", parameters: "", ignoreCmeErrors: [] } as const;
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (message) => {
        const { ok } = judge(command, { kind: "at", id: "a", message });
        expect(ok).toBe(/(^|[\r\n])OK[\r\n]*$/.test(message));
      }),
    );
  });

  it("with changed KEYGEN tokens are refused or decoded", () => {
    const reply = device.keygen(7);
    fc.assert(
      fc.property(mutated(Buffer.from(reply)), (bytes) => {
        const result = judgeKeyResult(bytes.toString("latin1"), device.uuid, device.spki);
        expect(result.ok ? "%KEYGEN" : result.reason).toContain("%KEYGEN");
      }),
      { numRuns: 200 },
    );
  });
});

describe("bodies of the owner side", () => {
  const send = (path: string, body: Buffer, type: string) =>
    ask(`${harness.service.owner}${path}`, harness.ca, {
      method: "POST",
      headers: { Authorization: harness.bearer, "Content-Type": type },
      body,
    });

  it("as JSON are refused with 400, or accepted where they are right", async () => {
    const valid = Buffer.from(JSON.stringify({ request: { atCommand: { command: "%X", parameters: "1" } } }));
    const odd = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      mutated(valid),
      fc.constant(Buffer.from("[".repeat(100_000))),
      fc.constant(Buffer.from('{"__proto__":{"request":{"finished":{}}}}')),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (body) => {
        const reply = await send(`/v1/claimed-devices/${device.uuid}/provisioning`, body, "application/json");
        expect([400, 201, 409]).toContain(reply.status);
      }),
      { numRuns: 40 },
    );
  });

  it("as CSV are answered with 200, 400 or 413", async () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('"', '""', "\n", "=1+1", device.attestation()));
    const csv = fc
      .array(fc.array(cell, { maxLength: 4 }), { maxLength: 8 })
      .map((rows) => rows.map((row) => row.join(",")).join("\n"));
    await fc.assert(
      fc.asyncProperty(csv, async (text) => {
        const reply = await send("/v1/claimed-devices", Buffer.from(text), "text/csv");
        expect([200, 400, 413]).toContain(reply.status);
      }),
      { numRuns: 30 },
    );
  });

  it("may join tags by commas: none is empty, holds a comma, has blanks around it or comes twice", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b", ",", " ", "\t") })), (items) => {
        const tags = tagsOf(items);
        expect(tags.every((tag) => tag !== "" && !tag.includes(",") && tag === tag.trim())).toBe(true);
        expect(new Set(tags).size).toBe(tags.length);
      }),
    );
  });

  it("with changed claim tokens are refused with 400 or belong to nobody's key", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(Buffer.from(device.attestation())), async (bytes) => {
        const claimToken = bytes.toString("latin1");
        const { status } = await harness.owner("POST", "/v1/claimed-devices?dryrun=true", { claimToken });
        expect([400, 409, 202]).toContain(status);
      }),
      { numRuns: 30 },
    );
  });
});
