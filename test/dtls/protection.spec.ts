import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOfHex, hexOf, joined } from "../../src/dtls/bytes.ts";
import { protect, unprotect } from "../../src/dtls/record/protection.ts";
import { recordsOf } from "../../src/dtls/record/record.ts";
import { RecordLayer } from "../../src/dtls/record/record-layer.ts";
import { SUITES } from "../../src/dtls/suite.ts";

const [GCM] = SUITES;
const NONE = new Uint8Array(0);
const KEYS = { key: new Uint8Array(16).fill(0x11), salt: new Uint8Array(4).fill(0x22) };
const ID = bytesOfHex("a1a2a3a4a5a6a7a8");

function gcm(aad: string, plain: string, nonce: string): string {
  const cipher = createCipheriv("aes-128-gcm", KEYS.key, bytesOfHex(nonce));
  cipher.setAAD(bytesOfHex(aad));
  return hexOf(joined(cipher.update(bytesOfHex(plain)), cipher.final(), cipher.getAuthTag()));
}

describe("a protected record", () => {
  it("is laid out as RFC 5246 section 6.2.3.3 and RFC 5288 say", () => {
    const stamp = "0001000000000007";
    const sealed = gcm(`${stamp}17fefd0002`, "6869", `22222222${stamp}`);
    const place = { epoch: 1, sequence: 7, connectionId: NONE };
    const record = protect(GCM!, KEYS, place, { type: 23, data: bytesOfHex("6869") });
    expect(hexOf(record)).toBe(`17fefd${stamp}001a${stamp}${sealed}`);
  });

  it("with a connection id is laid out as RFC 9146 sections 4 and 5.3 say", () => {
    const stamp = "0001000000000007";
    const aad = `ffffffffffffffff1908 19fefd ${stamp} ${hexOf(ID)} 0003`.replaceAll(" ", "");
    const sealed = gcm(aad, "686917", `22222222${stamp}`);
    const place = { epoch: 1, sequence: 7, connectionId: ID };
    const record = protect(GCM!, KEYS, place, { type: 23, data: bytesOfHex("6869") });
    expect(hexOf(record)).toBe(`19fefd${stamp}${hexOf(ID)}001b${stamp}${sealed}`);
  });

  it("may be padded by a peer, but must have a type inside", () => {
    const stamp = "0001000000000007";
    const read = (plain: string) => {
      const length = (plain.length / 2).toString(16).padStart(4, "0");
      const aad = `ffffffffffffffff190819fefd${stamp}${hexOf(ID)}${length}`;
      const body = bytesOfHex(stamp + gcm(aad, plain, `22222222${stamp}`));
      return unprotect(GCM!, KEYS, { type: 25, epoch: 1, sequence: 7, connectionId: ID, body });
    };
    expect(read("68691700000000")).toEqual({ type: 23, data: Buffer.from("hi") });
    expect(read("17")).toEqual({ type: 23, data: Buffer.from("") });
    expect(read("000000")).toBeUndefined();
    expect(read("")).toBeUndefined();
  });

  it.each(SUITES)("comes back under $name, with and without connection id", (suite) => {
    const keys = { key: new Uint8Array(suite.keyLength).fill(1), salt: new Uint8Array(4) };
    const id = fc.constantFrom(NONE, ID);
    const data = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(
        id,
        data,
        fc.nat({ max: 2 ** 48 - 1 }),
        fc.constantFrom(21, 22, 23),
        (connectionId, plain, sequence, type) => {
          const bytes = protect(suite, keys, { epoch: 1, sequence, connectionId }, { type, data: plain });
          const [record] = recordsOf(bytes, connectionId);
          expect(unprotect(suite, keys, record!)).toEqual({ type, data: Buffer.from(plain) });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("the record layer", () => {
  const protection = {
    suite: GCM!,
    read: KEYS,
    write: { ...KEYS, key: Uint8Array.from(KEYS.key) },
    peerConnectionId: NONE,
  };

  it("reads records with the connection id that was agreed upon, and no others", () => {
    const layer = new RecordLayer(0, ID);
    layer.protectWith(protection);
    const write = (connectionId: Uint8Array, sequence: number) =>
      protect(GCM!, KEYS, { epoch: 1, sequence, connectionId }, { type: 23, data: NONE });
    expect(layer.receive(write(ID, 1))).toHaveLength(1);
    expect(layer.receive(write(NONE, 2))).toEqual([]);
    expect(layer.receive(write(bytesOfHex("0102030405060708"), 3))).toEqual([]);
    expect(layer.dropped).toBeGreaterThan(0);
  });

  it("keeps a few records that overtook the keys, then reads them once", () => {
    const layer = new RecordLayer();
    const early = Array.from({ length: 40 }, (_, sequence) =>
      protect(GCM!, KEYS, { epoch: 1, sequence, connectionId: NONE }, { type: 23, data: Uint8Array.of(sequence) }),
    );
    for (const datagram of early) expect(layer.receive(datagram)).toEqual([]);
    expect(layer.protectWith(protection).map(({ data }) => data[0])).toEqual(
      Array.from({ length: 16 }, (_, index) => index),
    );
    expect(early.slice(0, 16).flatMap((datagram) => layer.receive(datagram))).toEqual([]);
    expect(layer.receive(early[20]!)).toHaveLength(1);
  });

  it("neither reads nor writes once its keys are wiped", () => {
    const layer = new RecordLayer();
    const keys = { key: Uint8Array.from(KEYS.key), salt: Uint8Array.from(KEYS.salt) };
    layer.protectWith({ ...protection, read: keys, write: keys });
    layer.wipe();
    expect([...keys.key, ...keys.salt].every((byte) => byte === 0)).toBe(true);
    expect(() => layer.encode(1, { type: 23, data: NONE })).toThrow(
      expect.objectContaining({ code: "dtls.exhausted" }),
    );
    expect(
      layer.receive(protect(GCM!, KEYS, { epoch: 1, sequence: 1, connectionId: NONE }, { type: 23, data: NONE })),
    ).toEqual([]);
  });
});
