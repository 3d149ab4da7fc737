import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { parseAlert } from "../../src/dtls/alert.ts";
import { connectionIdIn } from "../../src/dtls/connection-id.ts";
import { parseCertificateList } from "../../src/dtls/handshake/certificate-list.ts";
import { makeClientHello, readAgreement } from "../../src/dtls/handshake/client-offer.ts";
import {
  encodeClientHello,
  encodeHelloVerifyRequest,
  encodeServerHello,
  parseClientHello,
  parseHelloVerifyRequest,
  parseServerHello,
} from "../../src/dtls/handshake/hellos.ts";
import { parseClientKeyExchange, parseServerKeyExchange } from "../../src/dtls/handshake/key-exchange.ts";
import { encodeFragment, encodeMessage, fragmentsOf } from "../../src/dtls/handshake/message.ts";
import { Reassembly } from "../../src/dtls/handshake/reassembly.ts";
import { chooseFrom } from "../../src/dtls/handshake/server-offer.ts";
import { encodeRecord, recordsOf } from "../../src/dtls/record/record.ts";
import { ReplayWindow } from "../../src/dtls/record/replay-window.ts";

const NONE = new Uint8Array(0);
const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const OFFER = makeClientHello("prov.test", { random: fill(32, 1), sessionId: NONE, cookie: fill(20, 2) });
const SERVER_HELLO = {
  random: fill(32, 9),
  sessionId: fill(32, 8),
  suite: 0xc02b,
  extensions: new Map([
    [23, NONE],
    [0xff01, Uint8Array.of(0)],
    [54, Uint8Array.of(2, 1, 2)],
  ]),
};

const anything = fc.uint8Array({ maxLength: 400 });

describe("the parsers of handshake messages", () => {
  const readHello = (bytes: Uint8Array): unknown => chooseFrom(parseClientHello(bytes), "prime256v1");
  const readAnswer = (bytes: Uint8Array): unknown => readAgreement(bytes, OFFER);
  it.each([
    ["ClientHello", readHello, encodeClientHello(OFFER)],
    ["ServerHello", readAnswer, encodeServerHello(SERVER_HELLO)],
    ["HelloVerifyRequest", parseHelloVerifyRequest, encodeHelloVerifyRequest(fill(20, 3))],
    ["Certificate", parseCertificateList, Uint8Array.of(0, 0, 7, 0, 0, 4, 1, 2, 3, 4)],
    ["ServerKeyExchange", parseServerKeyExchange, Uint8Array.of(3, 0, 23, 1, 4, 4, 3, 0, 2, 1, 1)],
    ["ClientKeyExchange", parseClientKeyExchange, Uint8Array.of(2, 4, 4)],
  ] as const)("read %s or refuse it as StationError, whatever comes", (_, parse, good) => {
    parse(good);
    const known = (bytes: Uint8Array): void => {
      expect(codeOf(() => parse(bytes))).toMatch(/^(read|dtls\..+)$/);
    };
    for (let length = 0; length < good.length; length++) known(good.subarray(0, length));
    fc.assert(
      fc.property(anything, fc.nat(good.length - 1), fc.nat(255), (random, at, byte) => {
        const changed = Uint8Array.from(good);
        changed[at] = byte;
        for (const bytes of [random, changed, Buffer.concat([good, random])]) known(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it("give back what was encoded", () => {
    expect(encodeClientHello(parseClientHello(encodeClientHello(OFFER)))).toEqual(encodeClientHello(OFFER));
    expect(encodeServerHello(parseServerHello(encodeServerHello(SERVER_HELLO)))).toEqual(
      encodeServerHello(SERVER_HELLO),
    );
  });

  it.each([
    ["a suite that was not offered", { suite: 0xc02f }, "dtls.protocol"],
    ["no extended master secret", { extensions: new Map() }, "dtls.no-extended-master-secret"],
    ["an extension that was not offered", { extensions: new Map([[35, NONE]]) }, "dtls.protocol"],
    ["a renegotiation", { extensions: new Map([[0xff01, Uint8Array.of(1, 2)]]) }, "dtls.protocol"],
  ])("refuse a ServerHello with %s", (_, change, code) => {
    const hello = encodeServerHello({ ...SERVER_HELLO, ...change });
    expect(() => readAgreement(hello, OFFER)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ["no suite of the station", { suites: [0xc02f, 0x009c] }, "dtls.parameters"],
    ["DTLS 1.0 alone", { version: 0xfeff }, "dtls.parameters"],
    ["no extended master secret", { extensions: without(23) }, "dtls.no-extended-master-secret"],
    ["no signature algorithms", { extensions: without(13) }, "dtls.parameters"],
    [
      "a curve that the server lacks",
      { extensions: new Map([...OFFER.extensions, [10, Uint8Array.of(0, 2, 0, 29)]]) },
      "dtls.parameters",
    ],
  ])("refuse a ClientHello with %s", (_, change, code) => {
    expect(() => chooseFrom({ ...OFFER, ...change }, "prime256v1")).toThrow(expect.objectContaining({ code }));
  });
});

describe("recordsOf", () => {
  const id = fill(8, 7);
  const record = fc.record({
    type: fc.constantFrom(20, 21, 22, 23, 25),
    epoch: fc.nat(0xffff),
    sequence: fc.nat({ max: 2 ** 48 - 1 }),
    body: fc.uint8Array({ maxLength: 100 }),
  });

  it("gives back the records that a datagram was made of", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 6 }), (list) => {
        const records = list.map((one) => ({ ...one, connectionId: one.type === 25 ? id : NONE }));
        const datagram = Buffer.concat(records.map(encodeRecord));
        expect(
          recordsOf(datagram, id).map((one) => ({ ...one, body: [...one.body], connectionId: [...one.connectionId] })),
        ).toEqual(records.map((one) => ({ ...one, body: [...one.body], connectionId: [...one.connectionId] })));
      }),
    );
  });

  it("reads anything without a word", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const one of recordsOf(bytes, id)) {
          fragmentsOf(one.body);
          parseAlert(one.body);
        }
        fragmentsOf(bytes);
        connectionIdIn(bytes);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("Reassembly", () => {
  const message = { type: 11, sequence: 0, body: Uint8Array.from({ length: 300 }, (_, index) => index & 0xff) };
  const piece = fc.tuple(fc.nat(299), fc.integer({ min: 1, max: 300 }));

  it("makes the message of any overlapping pieces, in any order, that cover it", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const reassembly = new Reassembly({ message: 1000, total: 2000 });
        const all = [...pieces, [0, 150], [150, 150]].map(([offset = 0, size = 0]) => ({
          ...message,
          length: 300,
          offset,
          body: message.body.subarray(offset, offset + size),
        }));
        for (const fragment of all) reassembly.add(0, fragment);
        expect(reassembly.take(() => true)).toEqual(message);
        expect(reassembly.take(() => true)).toBeUndefined();
        expect(reassembly.next).toBe(1);
      }),
    );
  });

  it("hands messages out in order and tells old ones", () => {
    const reassembly = new Reassembly({ message: 1000, total: 2000 });
    const whole = (sequence: number) => fragmentsOf(encodeMessage({ ...message, sequence }))[0]!;
    expect(reassembly.add(0, whole(1))).toBe("kept");
    expect(reassembly.take(() => true)).toBeUndefined();
    expect(reassembly.add(0, whole(0))).toBe("kept");
    expect([reassembly.take(() => true)?.sequence, reassembly.take(() => true)?.sequence]).toEqual([0, 1]);
    expect(reassembly.add(0, whole(0))).toBe("old");
  });

  it("keeps no more than its bounds, nothing far ahead, and nothing that contradicts the first piece", () => {
    const reassembly = new Reassembly({ message: 100, total: 150 });
    const start = (sequence: number, length: number, type = 11) => ({
      type,
      sequence,
      length,
      offset: 0,
      body: fill(10, 1),
    });
    expect(reassembly.add(0, start(0, 101))).toBe("dropped");
    expect(reassembly.add(0, start(0, 100))).toBe("kept");
    expect(reassembly.add(0, start(1, 60))).toBe("dropped");
    expect(reassembly.add(0, start(9, 10))).toBe("dropped");
    expect(reassembly.add(0, start(0, 90))).toBe("dropped");
    expect(reassembly.add(0, start(0, 100, 12))).toBe("dropped");
    expect(reassembly.add(1, start(0, 100))).toBe("dropped");
  });

  it("survives any fragments", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 12, maxLength: 60 }), { maxLength: 30 }), (list) => {
        const reassembly = new Reassembly({ message: 1000, total: 2000 });
        for (const bytes of list) for (const fragment of fragmentsOf(bytes)) reassembly.add(0, fragment);
        reassembly.take(() => true);
      }),
    );
  });

  it("round-trips fragments", () => {
    const fragment = { type: 11, sequence: 3, length: 500, offset: 100, body: fill(40, 5) };
    expect(fragmentsOf(encodeFragment(fragment)).map((one) => ({ ...one, body: [...one.body] }))).toEqual([
      { ...fragment, body: [...fragment.body] },
    ]);
  });
});

describe("ReplayWindow", () => {
  it("agrees with a set of everything that came, 64 wide", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 300 }), (numbers) => {
        const window = new ReplayWindow();
        const seen = new Set<number>();
        let highest = -1;
        for (const number of numbers) {
          const isNew = !seen.has(number) && number > highest - 64;
          expect(window.isNew(number)).toBe(isNew);
          if (!isNew) continue;
          expect(window.mark(number)).toBe(number > highest);
          seen.add(number);
          highest = Math.max(highest, number);
        }
      }),
    );
  });

  it("holds up to the last sequence number", () => {
    const window = new ReplayWindow();
    expect(window.mark(2 ** 48 - 2)).toBe(true);
    expect(window.mark(2 ** 48 - 1)).toBe(true);
    expect(window.isNew(2 ** 48 - 2)).toBe(false);
    expect(window.isNew(2 ** 48 - 3)).toBe(true);
    expect(window.isNew(0)).toBe(false);
  });
});

/** `read`, or the code of the refusal; anything but a StationError is thrown on. */
function codeOf(work: () => unknown): string {
  try {
    work();
    return "read";
  } catch (error) {
    if (error instanceof StationError) return error.code;
    throw error;
  }
}

function without(number: number): ReadonlyMap<number, Uint8Array> {
  return new Map([...OFFER.extensions].filter(([key]) => key !== number));
}
