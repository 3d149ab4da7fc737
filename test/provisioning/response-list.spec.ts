import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cborHead } from "../../src/provisioning/cbor-head.ts";
import { StationError } from "../../src/core/error.ts";
import { encodeWireText } from "../../src/core/wire-text.ts";
import type { CommandResponse } from "../../src/provisioning/command.ts";
import { decodeResponseList } from "../../src/provisioning/response-list-decoder.ts";
import { encodeResponseList, RESPONSE_TYPE } from "../../src/provisioning/response-list-encoder.ts";
import { mutated, responses } from "../fakes/command-arbitraries.ts";

const LIMITS = { records: 10, txBytes: 100_000 };
const lists = fc.array(responses, { minLength: 1, maxLength: 10 });

/** As builds of the library without canonical CBOR write it. */
function indefinite(list: readonly CommandResponse[]): Uint8Array {
  const text = (value: string): number[] => [...cborHead(3, encodeWireText(value).length), ...encodeWireText(value)];
  const body = list.flatMap((response) => [
    0x9f,
    ...text(response.id),
    ...cborHead(0, RESPONSE_TYPE[response.kind]),
    ...(response.kind === "error" ? cborHead(0, response.cme) : []),
    ...("message" in response ? text(response.message) : []),
    0xff,
  ]);
  return Uint8Array.from([0x9f, ...body, 0xff]);
}

function codeOf(action: () => unknown): unknown {
  try {
    action();
    return "accepted";
  } catch (error) {
    return error instanceof StationError ? error.code : error;
  }
}

describe("the response list", () => {
  it("is read back as it was written, in the canonical and the indefinite form", () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(decodeResponseList(encodeResponseList(list, LIMITS))).toEqual(list);
        expect(decodeResponseList(indefinite(list))).toEqual(list);
      }),
    );
  });

  it("fits its buffer to the byte", () => {
    const list: readonly CommandResponse[] = [{ kind: "at", id: "a", message: "OK\r\n" }];
    const size = encodeResponseList(list, LIMITS).length;
    expect(encodeResponseList(list, { records: 10, txBytes: size })).toHaveLength(size);
    expect(codeOf(() => encodeResponseList(list, { records: 10, txBytes: size - 1 }))).toBe(
      "provisioning.report-too-large",
    );
  });

  it("has at least one and at most its record limit of results", () => {
    const list = Array.from({ length: 6 }, () => ({ kind: "config", id: "a" }) as const);
    expect(codeOf(() => encodeResponseList(list, { records: 5, txBytes: 1000 }))).toBe("provisioning.report-too-large");
    expect(codeOf(() => encodeResponseList([], LIMITS))).toBe("provisioning.nothing-to-report");
    const written = encodeResponseList(list, LIMITS);
    expect(codeOf(() => decodeResponseList(written, { records: 5, bytes: 1000 }))).toBe(
      "provisioning.report-malformed",
    );
  });

  it("is refused with place and limit when anything is wrong, never with another error", () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      mutated(lists.map((list) => encodeResponseList(list, LIMITS))),
      mutated(lists.map(indefinite)),
    );
    fc.assert(
      fc.property(hostile, (bytes) => {
        expect(["accepted", "provisioning.report-malformed"]).toContain(codeOf(() => decodeResponseList(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["an empty list", "80"],
    ["something behind the list", "81 82 61 61 18 65 00"],
    ["an unknown object type", "81 82 61 61 18 67"],
    ["a missing message", "81 82 61 61 18 64"],
    ["an extra element", "81 83 61 61 18 65 00"],
    ["a CME code above 32 bits", "81 84 61 61 18 63 1b 00 00 00 01 00 00 00 00 60"],
    ["a chunked text", "81 82 7f 61 61 ff 18 65"],
    ["a tag", "d9 d9 f7 81 82 61 61 18 65"],
    ["a text beyond the end", "81 82 7a ff ff ff ff"],
  ])("is refused with %s", (_name, hex) => {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    expect(codeOf(() => decodeResponseList(bytes))).toBe("provisioning.report-malformed");
  });
});
