import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { requests } from "../../src/cli/conformance/requests.ts";
import { isRecord } from "../../src/cli/conformance/row.ts";

const document: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/vectors/requests.json", import.meta.url), "utf8"),
);

describe("requests of the library", () => {
  it("are made byte by byte, and their answers' codes mean the same", async () => {
    expect(requests.recognises(document)).toBe(true);
    expect(await requests.run(document)).toEqual({ total: 34, agree: 34, differ: [], stricter: [] });
  });

  it("differ when a header, a parameter, an option, a byte or a meaning is another", async () => {
    const text = JSON.stringify(document);
    const changes = [
      ["Accept: application/cbor", "Accept: text/plain"],
      ["rxMaxSize=1024&", "rxMaxSize=1025&"],
      ['"3c"', '"3d"'],
      ["-EBUSY FAILED + backoff", "-EBUSY FAILED"],
    ] as const;
    for (const [from, to] of changes) {
      const changed: unknown = JSON.parse(text.replace(from, to));
      const { agree, differ } = await requests.run(changed);
      expect({ from, agree, differ: differ.length }).toEqual({ from, agree: 33, differ: 1 });
    }
  });

  it("are told from other documents", () => {
    expect(isRecord(document)).toBe(true);
    expect(requests.recognises({ scenarios: [] })).toBe(false);
    expect(requests.recognises(null)).toBe(false);
  });
});
