import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decoderLimits } from "../../../src/cli/conformance/decoder-limits.ts";
import { executionSemantics } from "../../../src/cli/conformance/execution.ts";
import { fuzz } from "../../../src/cli/conformance/fuzz.ts";
import { mutations } from "../../../src/cli/conformance/mutations.ts";
import type { ConformanceSuite } from "../../../src/cli/conformance/report.ts";
import { responseEncoding } from "../../../src/cli/conformance/response-encoding.ts";
import { sdkTests } from "../../../src/cli/conformance/sdk-tests.ts";
import { tokens } from "../../../src/cli/conformance/tokens.ts";
import { StationError } from "../../../src/core/error.ts";

type Document = Record<string, unknown>;
type Case = { readonly file: string; readonly suite: ConformanceSuite; readonly lists: readonly string[] };

const CASES: readonly Case[] = [
  { file: "cbor_limits", suite: decoderLimits, lists: ["vectors"] },
  { file: "cbor_sdk_tests", suite: sdkTests, lists: ["vectors", "pairs"] },
  { file: "exec_semantics", suite: executionSemantics, lists: ["vectors"] },
  { file: "peer_fuzz", suite: fuzz, lists: ["vectors"] },
  { file: "peer_mutations", suite: mutations, lists: ["vectors"] },
  { file: "response_encoding", suite: responseEncoding, lists: ["vectors"] },
  { file: "tokens", suite: tokens, lists: ["jwt", "attestation", "keygen"] },
];

function load(file: string): Document {
  return JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${file}.json`, import.meta.url), "utf8")) as Document;
}

/** The document with at most `count` rows in each list, each changed. */
function changed(
  document: Document,
  lists: readonly string[],
  change: (row: Document) => unknown,
  count = 20,
): Document {
  const cut = lists.map((list) => [list, (document[list] as Document[]).slice(0, count).map(change)] as const);
  return { ...document, ...Object.fromEntries(cut) };
}

/** Every text with its ends changed, every number and truth too. */
function spoilt(value: unknown): unknown {
  if (typeof value === "string")
    return `${value.startsWith("9") ? "8" : "9"}${value.slice(1, -1)}${value.endsWith("0") ? "1" : "0"}`;
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return value.map(spoilt);
  if (value === null) return "00";
  return Object.fromEntries(Object.entries(value as Document).map(([key, entry]) => [key, spoilt(entry)]));
}

describe.each(CASES)("the suite for $file", ({ file, suite, lists }) => {
  const document = load(file);
  const count = lists.reduce((sum, list) => sum + (document[list] as unknown[]).length, 0);

  it("agrees with every vector", async () => {
    const result = await suite.run(document);
    expect(result.differ).toEqual([]);
    expect(result).toMatchObject({ total: count, agree: count, stricter: [] });
  });

  it("is the only one that recognises the file", () => {
    expect(CASES.filter((one) => one.suite.recognises(document)).map((one) => one.file)).toEqual([file]);
  });

  it("finds a difference in every vector whose expectations were changed", async () => {
    const inputs = new Set([
      "name",
      "hex",
      "script",
      "replies",
      "cfun",
      "cmee",
      "txBuf",
      "outBuf",
      "token",
      "commands",
      "direction",
    ]);
    const wrong = changed(document, lists, (row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, inputs.has(key) ? value : spoilt(value)])),
    );
    const result = await suite.run(wrong);
    expect(result).toMatchObject({ agree: 0 });
    expect(result.differ).toHaveLength(result.total);
  });

  it("reports vectors that it cannot compare as differing, and drops none", async () => {
    const broken = changed(document, lists, () => ({ hex: "zz", token: 5, peer: null }), 3);
    const result = await suite.run(broken);
    expect(result.agree).toBe(0);
    expect(result.differ).toHaveLength(result.total);
    const empty = changed(document, lists, () => null, 3);
    expect(await suite.run(empty)).toMatchObject({ agree: 0 });
  });

  it("refuses a document without vectors", async () => {
    for (const list of lists)
      await expect(suite.run({ ...document, [list]: "many" })).rejects.toMatchObject({ code: "file.invalid" });
    await expect(suite.run(null)).rejects.toBeInstanceOf(StationError);
  });

  it("takes any JSON without another error", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.jsonValue(), { maxLength: 4 }), async (any, rows) => {
        const documents = [any, Object.fromEntries(lists.map((list) => [list, rows]))];
        for (const one of documents) {
          expect(typeof suite.recognises(one)).toBe("boolean");
          const outcome = await suite.run(one).catch((error: unknown) => error);
          expect(outcome instanceof Error && !(outcome instanceof StationError)).toBe(false);
        }
      }),
      { numRuns: 50 },
    );
  });
});
