import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sessions } from "../../src/cli/conformance/sessions.ts";
import { isRecord } from "../../src/cli/conformance/row.ts";

const document: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/vectors/sessions.json", import.meta.url), "utf8"),
);
const scenarios =
  isRecord(document) && Array.isArray(document["scenarios"]) ? document["scenarios"].filter(isRecord) : [];

describe("whole runs of the library", () => {
  it("are all there", () => {
    expect(sessions.recognises(document)).toBe(true);
    expect(scenarios).toHaveLength(104);
  });

  it.each(scenarios.map((row) => [String(row["name"]), row] as const))(
    "plays %s as the library does",
    async (_name, row) => {
      expect(await sessions.run({ scenarios: [row] })).toEqual({ total: 1, agree: 1, differ: [], stricter: [] });
    },
  );

  it("notices when a trace has an entry more, less or another", async () => {
    const row = scenarios.find(({ name }) => name === "sched-default") ?? {};
    const trace = Array.isArray(row["trace"]) ? (row["trace"] as readonly unknown[]) : [];
    const changed = [trace.slice(1), [...trace, trace[0]], trace.with(3, { ...Object(trace[3]), seconds: 2 })];
    for (const entries of changed) {
      const { agree, differ } = await sessions.run({ scenarios: [{ ...row, trace: entries }] });
      expect({ agree, differ: differ.length }).toEqual({ agree: 0, differ: 1 });
    }
  });

  it("makes rows that are no scenarios differ instead of failing or hanging", async () => {
    const hostile = fc.record(
      {
        variant: fc.constantFrom("http_manual", "http_sched", "coap_keepopen", "no such variant"),
        server: fc.oneof(
          fc.array(fc.dictionary(fc.string(), fc.anything())),
          fc.constant([{ status: 500 }, { silent: true }]),
        ),
        at: fc.array(fc.tuple(fc.string(), fc.oneof(fc.string(), fc.record({ errno: fc.integer() })))),
        cfun: fc.oneof(fc.integer(), fc.string()),
        timeline: fc.array(
          fc.tuple(fc.integer({ min: -5, max: 500 }), fc.constantFrom("cfun", "net", "put", "x"), fc.integer()),
        ),
        steps: fc.array(
          fc.oneof(
            fc.tuple(
              fc.constantFrom("init", "trigger", "modeminit", "run", "wait", "x"),
              fc.integer({ min: -1, max: 50 }),
            ),
            fc.tuple(fc.constantFrom("interval", "net"), fc.integer()),
          ),
          { maxLength: 8 },
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (scenario) => {
        const result = await sessions.run({ scenarios: [{ name: "hostile", scenario, trace: [] }] });
        expect(result.total).toBe(1);
        expect(result.agree).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
