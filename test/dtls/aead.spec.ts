import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOfHex, hexOf } from "../../src/dtls/bytes.ts";
import { open, seal } from "../../src/dtls/record/aead.ts";
import { ccmOpen, ccmSeal } from "../../src/dtls/record/ccm.ts";
import { suiteOf, SUITES } from "../../src/dtls/suite.ts";

/** RFC 3610 section 8: name, nonce, header, plain text, tag length, result behind the header. */
const KEY = "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf";
const RFC_3610 = [
  {
    name: "packet vector #1",
    nonce: "00000003020100a0a1a2a3a4a5",
    aad: "0001020304050607",
    plain: "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
    tagLength: 8,
    sealed: "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0",
  },
  {
    name: "packet vector #2",
    nonce: "00000004030201a0a1a2a3a4a5",
    aad: "0001020304050607",
    plain: "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    tagLength: 8,
    sealed: "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916",
  },
  {
    name: "packet vector #4",
    nonce: "00000006050403a0a1a2a3a4a5",
    aad: "000102030405060708090a0b",
    plain: "0c0d0e0f101112131415161718191a1b1c1d1e",
    tagLength: 8,
    sealed: "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c96c861b9c9e61ef1",
  },
];
/** NIST SP 800-38C, examples 1 to 3; keys of 16 bytes, nonces of 7, 8 and 12. */
const NIST_KEY = "404142434445464748494a4b4c4d4e4f";
const NIST = [
  {
    name: "example 1",
    nonce: "10111213141516",
    aad: "0001020304050607",
    plain: "20212223",
    tagLength: 4,
    sealed: "7162015b4dac255d",
  },
  {
    name: "example 2",
    nonce: "1011121314151617",
    aad: "000102030405060708090a0b0c0d0e0f",
    plain: "202122232425262728292a2b2c2d2e2f",
    tagLength: 6,
    sealed: "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd",
  },
  {
    name: "example 3",
    nonce: "101112131415161718191a1b",
    aad: "000102030405060708090a0b0c0d0e0f10111213",
    plain: "202122232425262728292a2b2c2d2e2f3031323334353637",
    tagLength: 8,
    sealed: "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951",
  },
];
const VECTORS = [
  ...RFC_3610.map((vector) => ({ ...vector, key: KEY, source: "RFC 3610" })),
  ...NIST.map((vector) => ({ ...vector, key: NIST_KEY, source: "SP 800-38C" })),
];

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("AES-CCM", () => {
  it.each(VECTORS)("gives and takes $source $name", ({ key, nonce, aad, plain, tagLength, sealed }) => {
    const input = { key: bytesOfHex(key), nonce: bytesOfHex(nonce), aad: bytesOfHex(aad), tagLength };
    expect(hexOf(ccmSeal(input, bytesOfHex(plain)))).toBe(sealed);
    expect(hexOf(ccmOpen(input, bytesOfHex(sealed)) ?? new Uint8Array(0))).toBe(plain);
  });

  it("agrees with the platform's AES-128-CCM for any message, as DTLS uses it", () => {
    const plain = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes(16), bytes(12), fc.uint8Array({ maxLength: 40 }), plain, (key, nonce, aad, message) => {
        const cipher = createCipheriv("aes-128-ccm", key, nonce, { authTagLength: 8 });
        cipher.setAAD(aad, { plaintextLength: message.length });
        const expected = Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
        expect(hexOf(ccmSeal({ key, nonce, aad, tagLength: 8 }, message))).toBe(hexOf(expected));
      }),
      { numRuns: 200 },
    );
  });
});

describe.each(SUITES)("the AEAD of $name", (suite) => {
  const key = new Uint8Array(suite.keyLength).fill(1);
  const nonce = new Uint8Array(12).fill(2);

  it("opens what it sealed, and nothing that differs in a single bit", () => {
    const place = fc.nat();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        place,
        (plain, aad, at) => {
          const sealed = seal(suite, key, nonce, aad, plain);
          expect(open(suite, key, nonce, aad, sealed)).toEqual(Buffer.from(plain));
          expect(open(suite, key, nonce, aad, flipped(sealed, at))).toBeUndefined();
          expect(open(suite, key, nonce, flipped(aad, at), sealed)).toBeUndefined();
          expect(open(suite, key, flipped(nonce, at), aad, sealed)).toBeUndefined();
          expect(open(suite, flipped(key, at), nonce, aad, sealed)).toBeUndefined();
        },
      ),
      { numRuns: 100 },
    );
  });

  it("opens nothing that is shorter than its tag", () => {
    for (let length = 0; length <= suite.tagLength; length++)
      expect(open(suite, key, nonce, new Uint8Array(13), new Uint8Array(length))).toBeUndefined();
  });
});

it("knows the suites by their numbers", () => {
  expect([0xc02b, 0xc02c, 0xc0ae].map((id) => suiteOf(id)?.name)).toEqual(SUITES.map(({ name }) => name));
  expect(suiteOf(0xc02f)).toBeUndefined();
});

function flipped(original: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(original);
  const bit = at % (copy.length * 8);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}
