import { Decoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { decodeCommandList, examineCommandList } from "../../src/provisioning/command-list-decoder.ts";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command } from "../../src/provisioning/command.ts";
import { commandLists, mutated } from "../fakes/command-arbitraries.ts";
import { plainVerdict } from "../fakes/plain-command-list.ts";

const CANONICAL = { records: 10, input: "canonical" } as const;
const TOLERANT = { records: 10, input: "tolerant" } as const;
const finished = (id: string): Command => ({ kind: "finished", id });
const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");
const encodedLists = commandLists.map(encodeCommandList);

function errorOf(input: Uint8Array): StationError {
  try {
    decodeCommandList(input, CANONICAL);
  } catch (error) {
    if (error instanceof StationError) return error;
  }
  throw new TypeError("the list was accepted");
}

describe("decoding a command list", () => {
  it("gives back what the encoder wrote, invalid UTF-8 and repeated keys included", () => {
    fc.assert(
      fc.property(commandLists, (list) => {
        expect(decodeCommandList(encodeCommandList(list), CANONICAL)).toEqual(list);
      }),
    );
  });

  it("agrees with an oracle made of the protocol's text on changed canonical lists", () => {
    fc.assert(
      fc.property(mutated(encodedLists), fc.constantFrom(5, 10, 20), (input, records) => {
        const verdict = examineCommandList(input, { records, input: "canonical" });
        const got = verdict.accepted ? { commands: verdict.commands.length } : { errno: verdict.errno };
        expect(got).toEqual(plainVerdict(input, records));
      }),
      { numRuns: 3000 },
    );
  });

  it("answers for any bytes without throwing, in both input modes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (input, canonical) => {
        const verdict = examineCommandList(input, canonical ? CANONICAL : TOLERANT);
        expect(verdict.accepted ? verdict.commands.length : 0).toBeLessThanOrEqual(10);
        expect(verdict.accepted ? verdict.consumed : verdict.place.offset).toBeLessThanOrEqual(input.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("reads in tolerant mode whatever it reads in canonical mode, to the same value", () => {
    fc.assert(
      fc.property(mutated(encodedLists), (input) => {
        const strict = examineCommandList(input, CANONICAL);
        const tolerant = examineCommandList(input, TOLERANT);
        expect(tolerant).toEqual(strict.accepted ? strict : tolerant);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps no more than its record limit of an endless list, at once", () => {
    const endless = new Uint8Array(1_000_000).fill(0x82);
    for (let at = 1; at + 3 <= endless.length; at += 3) endless.set([0x82, 0x60, 0x02], at);
    endless[0] = 0x9f;
    expect(examineCommandList(endless, TOLERANT)).toMatchObject({ accepted: false, errno: "EINVAL" });
    expect(examineCommandList(new Uint8Array(1_000_000).fill(0x81), CANONICAL)).toMatchObject({ accepted: false });
  });

  it("writes lists that another CBOR implementation reads alike", () => {
    const list = encodeCommandList([
      { kind: "at", id: "a.1", command: "%CMNG", parameters: '0,1,0,"x\ny"', ignoreCmeErrors: [513, 4_294_967_295] },
      { kind: "config", id: "a.2", properties: [["app/k", "é☃"]] },
      finished("a.3"),
    ]);
    expect(new Decoder({ mapsAsObjects: false }).decode(list)).toEqual([
      ["a.1", 0, "%CMNG", '0,1,0,"x\ny"', [513, 4_294_967_295]],
      ["a.2", 1, new Map([["app/k", "é☃"]])],
      ["a.3", 2],
    ]);
  });

  it("ignores what follows the list", () => {
    const list = encodeCommandList([finished("x")]);
    const verdict = examineCommandList(Uint8Array.from([...list, 0xff, 0]), CANONICAL);
    expect(verdict).toMatchObject({ accepted: true, consumed: list.length });
  });

  it("calls a malformed first command malformed and a malformed second one too long, as the library does", () => {
    expect(errorOf(bytes("81 82 61 61 03"))).toMatchObject({
      code: "provisioning.list-malformed",
      facts: { expected: "object type", offset: { value: 4, unit: "bytes" }, errno: "EINVAL" },
    });
    expect(errorOf(bytes("82 82 61 61 02 82 61 62 03"))).toMatchObject({
      code: "provisioning.list-too-long",
      facts: { offset: { value: 8, unit: "bytes" }, limit: { value: 10, unit: "commands" }, errno: "ENOMEM" },
    });
  });

  it("names the ignored codes when there are more than six", () => {
    const { facts } = errorOf(bytes("81 85 61 61 00 60 60 87 00 01 02 03 04 05 06"));
    expect(facts["expected"]).toBe("end of the list of at most 6 ignored CME codes");
  });

  it("judges a list by an inner indefinite list that does not end, as zcbor's state stack does", () => {
    // A second command that lacks its break leaves "indefinite" standing: a wrong type instead of left-over elements.
    const counted = examineCommandList(bytes("82 82 61 61 02 9f 61 62 02 00"), TOLERANT);
    expect(counted).toMatchObject({ accepted: false, error: "ZCBOR_ERR_WRONG_TYPE", errno: "EINVAL" });
    const ended = examineCommandList(bytes("82 82 61 61 02 9f 61 62 02 ff"), TOLERANT);
    expect(ended).toMatchObject({ accepted: true, commands: [finished("a"), finished("b")] });
  });

  it("refuses an ignored code of eight bytes even when its value is small", () => {
    const verdict = examineCommandList(bytes("81 85 61 61 00 60 60 81 1b 00 00 00 00 00 00 00 05"), TOLERANT);
    expect(verdict).toMatchObject({ accepted: false, place: { error: "ZCBOR_ERR_INT_SIZE" } });
  });
});

describe("encoding a command list", () => {
  it("refuses what devices cannot read or remember", () => {
    const refused = (command: Command): unknown => {
      try {
        return encodeCommandList([command]);
      } catch (error) {
        return error instanceof StationError ? error.code : error;
      }
    };
    const at = { kind: "at", id: "a", command: "", parameters: "" } as const;
    expect(refused(finished("x".repeat(46)))).toBe("provisioning.list-unsendable");
    expect(refused({ ...at, ignoreCmeErrors: [1, 2, 3, 4, 5, 6, 7] })).toBe("provisioning.list-unsendable");
    expect(refused({ ...at, ignoreCmeErrors: [2 ** 32] })).toBe("provisioning.list-unsendable");
    const properties = Array.from({ length: 11 }, (_, index) => [`k${index}`, "v"] as const);
    expect(refused({ kind: "config", id: "a", properties })).toBe("provisioning.list-unsendable");
    expect(() => encodeCommandList([])).toThrow(StationError);
  });
});
