import { describe, expect, it } from "vitest";
import { bytesOfHex, hexOf } from "../../src/dtls/bytes.ts";
import { expandKeys, extendedMasterSecret, prf, verifyData } from "../../src/dtls/key-schedule.ts";
import { SUITES } from "../../src/dtls/suite.ts";

const compact = (text: string): string => text.replaceAll(/\s/g, "");

describe("prf", () => {
  it("gives what the published vector for SHA-256 has", () => {
    const secret = bytesOfHex("9bbe436ba940f017b17652849a71db35");
    const seed = bytesOfHex("a0ba9f936cda311827a6f796ffd5198c");
    expect(hexOf(prf("sha256", secret, "test label", seed, 100))).toBe(
      compact(`e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af
        0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701
        87347b66`),
    );
  });

  it("gives what the published vector for SHA-384 has", () => {
    const secret = bytesOfHex("b80b733d6ceefcdc71566ea48e5567df");
    const seed = bytesOfHex("cd665cf6a8447dd6ff8b27555edb7465");
    expect(hexOf(prf("sha384", secret, "test label", seed, 148))).toBe(
      compact(`7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0
        e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425
        9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070
        3d73e56f`),
    );
  });
});

describe("the keys of a suite", () => {
  it.each(SUITES)("have the suite's lengths and differ between directions: $name", (suite) => {
    const master = extendedMasterSecret(suite, new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));
    const { client, server } = expandKeys(suite, master, new Uint8Array(32).fill(3), new Uint8Array(32).fill(4));
    expect(master).toHaveLength(48);
    expect([client.key.length, server.key.length]).toEqual([suite.keyLength, suite.keyLength]);
    expect([client.salt.length, server.salt.length]).toEqual([4, 4]);
    expect(hexOf(client.key)).not.toBe(hexOf(server.key));
    expect(hexOf(client.salt)).not.toBe(hexOf(server.salt));
  });

  it("finish with 12 bytes that depend on the side and on every message", () => {
    const [suite] = SUITES;
    const master = new Uint8Array(48).fill(7);
    const one = verifyData(suite!, master, "client", new Uint8Array(32));
    expect(one).toHaveLength(12);
    expect(hexOf(one)).not.toBe(hexOf(verifyData(suite!, master, "server", new Uint8Array(32))));
    expect(hexOf(one)).not.toBe(hexOf(verifyData(suite!, master, "client", new Uint8Array(32).fill(1))));
  });
});
