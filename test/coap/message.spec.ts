import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyMessage, encodeMessage, parseMessage, type CoapMessage } from "../../src/coap/message.ts";
import { StationError } from "../../src/core/error.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

const anyBytes = (limits: { minLength?: number; maxLength: number }) => fc.uint8Array(limits);

const anyMessage: fc.Arbitrary<CoapMessage> = fc.record({
  type: fc.constantFrom("CON" as const, "NON" as const, "ACK" as const),
  code: fc.constantFrom("0.01", "0.02", "2.01", "2.04", "2.05", "2.31", "4.00", "4.01", "4.04", "4.08", "5.03"),
  id: fc.nat(65_535),
  token: anyBytes({ maxLength: 8 }),
  options: fc
    .array(fc.record({ number: fc.integer({ min: 1, max: 65_535 }), value: anyBytes({ maxLength: 300 }) }), {
      maxLength: 12,
    })
    .map((options) => options.toSorted((a, b) => a.number - b.number)),
  payload: anyBytes({ maxLength: 1200 }),
});

describe("a CoAP message", () => {
  it("is read as RFC 7252 writes its example (figure 16)", () => {
    // A confirmable GET of /temperature, id 0x7d34.
    const message = parseMessage(bytes("44 01 5d 1f 00 00 39 74 39 6c 6f 63 61 6c 68 6f 73 74 83 74 76 31"));
    expect(message).toEqual({
      ...{ type: "CON", code: "0.01", id: 0x5d1f, token: bytes("00003974"), payload: new Uint8Array() },
      options: [
        { number: 3, value: bytes("6c6f63616c686f7374") },
        { number: 11, value: bytes("747631") },
      ],
    });
  });

  it("comes back as it went, whatever its options", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(parseMessage(encodeMessage(message))).toEqual(message);
      }),
    );
  });

  it("may be empty: an acknowledgement, a reset, a ping", () => {
    for (const type of ["ACK", "RST"] as const)
      expect(parseMessage(encodeMessage(emptyMessage(type, 7)))).toEqual(emptyMessage(type, 7));
    expect(parseMessage(bytes("40 00 00 07"))).toMatchObject({ type: "CON", code: "0.00", id: 7 });
  });

  it.each([
    ["nothing at all", "", "shorter than its head", 0],
    ["three bytes", "40 01 00", "shorter than its head", 3],
    ["version 2", "80 01 00 01", "version is not 1", 0],
    ["a token of 9 bytes", "49 01 00 01 010203040506070809", "longer than 8", 0],
    ["a token that is cut off", "44 01 00 01 0102", "token is cut off", 4],
    ["an empty message with a token", "41 00 00 01 01", "has contents", 4],
    ["a reset with a code", "70 45 00 01", "reset is not empty", 1],
    ["a reserved class of codes", "40 c1 00 01", "reserved class", 1],
    ["a payload marker without payload", "40 01 00 01 ff", "there is none", 4],
    ["a reserved option delta", "40 01 00 01 f0", "reserved delta or length", 4],
    ["a reserved option length", "40 01 00 01 1f", "reserved delta or length", 4],
    ["an option that is cut off", "40 01 00 01 b5 61", "cut off", 4],
    ["an extended delta that is cut off", "40 01 00 01 e0 01", "cut off", 5],
    ["an option number above 65535", "40 01 00 01 e0 ff ff e0 ff ff", "too large", 4],
    ["an option of 1035 bytes", `40 01 00 01 be 02fe ${"00".repeat(1035)}`, "too long", 4],
    ["65 options", `40 01 00 01 ${"00".repeat(65)}`, "more than 64", 68],
  ])("is refused when it is %s, saying what and where", (_name, hex, what, at) => {
    const error = thrownBy(() => parseMessage(bytes(hex)));
    expect(error.code).toBe("coap.malformed");
    expect(error.message).toContain(what);
    expect(error.facts["at"]).toBe(at);
  });

  it("never takes random, cut or altered bytes for more than they are", () => {
    const altered = fc.tuple(anyMessage, fc.nat(), fc.nat(255), fc.nat()).map(([message, at, byte, end]) => {
      const datagram = encodeMessage(message);
      datagram[at % datagram.length] = byte;
      return datagram.subarray(0, end % (datagram.length + 1));
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), altered), (datagram) => {
        expect(contentsOf(datagram)).toBeLessThanOrEqual(datagram.length);
      }),
      { numRuns: 5000 },
    );
  });
});

function thrownBy(work: () => unknown): StationError {
  try {
    work();
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** Bytes of options and payload that a datagram is read to hold; none where it is refused with an error of the table. */
function contentsOf(datagram: Uint8Array): number {
  try {
    const { options, payload } = parseMessage(datagram);
    return options.reduce((sum, { value }) => sum + value.length, payload.length);
  } catch (error) {
    if (error instanceof StationError) return 0;
    throw error;
  }
}
