import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { alertFor, alertName, ALERTS, encodeAlert, parseAlert } from "../../src/dtls/alert.ts";
import { checkFinished } from "../../src/dtls/handshake/handshake.ts";
import { GROUPS, makeKeyShare } from "../../src/dtls/handshake/groups.ts";
import { chooseScheme, ecdsaSchemeOf } from "../../src/dtls/handshake/signature-schemes.ts";
import { Transcript } from "../../src/dtls/handshake/transcript.ts";
import { verifyData } from "../../src/dtls/key-schedule.ts";
import { hexOf } from "../../src/dtls/bytes.ts";
import { SUITES } from "../../src/dtls/suite.ts";
import { DTLS_CODES } from "../../src/core/codes/dtls.ts";

const finished = expect.objectContaining({ code: "dtls.finished" }) as StationError;

describe.each(SUITES)("Finished under $name", (suite) => {
  const master = new Uint8Array(48).fill(9);
  const hash = new Uint8Array(suite.hash === "sha256" ? 32 : 48).fill(4);
  const good = verifyData(suite, master, "server", hash);

  it("passes when both sides saw the same messages", () => {
    expect(() => checkFinished(good, suite, master, "server", hash)).not.toThrow();
  });

  it("fails for every changed bit, another length, the other side and other messages", () => {
    for (let bit = 0; bit < good.length * 8; bit++) {
      const changed = Uint8Array.from(good);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => checkFinished(changed, suite, master, "server", hash)).toThrow(finished);
    }
    expect(() => checkFinished(good.subarray(0, 11), suite, master, "server", hash)).toThrow(finished);
    expect(() => checkFinished(good, suite, master, "client", hash)).toThrow(finished);
    expect(() =>
      checkFinished(
        good,
        suite,
        master,
        "server",
        hash.map((byte) => byte + 1),
      ),
    ).toThrow(finished);
  });
});

describe.each(GROUPS)("the key exchange on $curve", (group) => {
  it("gives both sides the same secret", () => {
    const [one, other] = [makeKeyShare(group), makeKeyShare(group)];
    expect(one.point).toHaveLength(group.pointLength);
    expect(hexOf(one.agree(other.point))).toBe(hexOf(other.agree(one.point)));
  });

  it("refuses what is no point of the curve", () => {
    const share = makeKeyShare(group);
    const refused = expect.objectContaining({ code: "dtls.protocol" }) as StationError;
    const zero = new Uint8Array(group.pointLength);
    zero[0] = 4;
    for (const point of [zero, new Uint8Array(1), new Uint8Array(0), share.point.subarray(1)])
      expect(() => share.agree(point)).toThrow(refused);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: group.pointLength, maxLength: group.pointLength }), (point) => {
        expect(() => share.agree(point)).toThrow(refused);
      }),
      { numRuns: 50 },
    );
  });
});

describe("signature algorithms", () => {
  it("fit the server's key, if the client offers one that does", () => {
    expect(chooseScheme([0x0401, 0x0503, 0x0403], "prime256v1")?.id).toBe(0x0403);
    expect(chooseScheme([0x0401, 0x0403, 0x0503], "secp384r1")?.id).toBe(0x0503);
    expect(chooseScheme([0x0603], "prime256v1")?.id).toBe(0x0603);
    expect(chooseScheme([0x0203, 0x0401, 0x0804], "prime256v1")).toBeUndefined();
  });

  it("of a key exchange are ECDSA with SHA-256 or better", () => {
    expect([0x0403, 0x0503, 0x0603].map((id) => ecdsaSchemeOf(id)?.hash)).toEqual(["sha256", "sha384", "sha512"]);
    for (const id of [0x0203, 0x0201, 0x0401, 0x0804, 0x0000]) expect(ecdsaSchemeOf(id)).toBeUndefined();
  });
});

describe("a transcript", () => {
  it("counts type, number and content of every message", () => {
    const digest = (type: number, sequence: number, text: string): string => {
      const transcript = new Transcript();
      transcript.add({ type, sequence, body: Buffer.from(text) });
      return hexOf(transcript.digest("sha256"));
    };
    expect(new Set([digest(1, 0, "a"), digest(2, 0, "a"), digest(1, 1, "a"), digest(1, 0, "b")]).size).toBe(4);
  });
});

describe("alerts", () => {
  it("go there and back", () => {
    for (const [name, description] of Object.entries(ALERTS)) {
      expect(alertName(description)).toBe(name);
      expect(parseAlert(encodeAlert(name as keyof typeof ALERTS, "fatal"))).toEqual({ fatal: true, description });
    }
    for (const bytes of [[], [2], [0, 40], [3, 40], [2, 40, 0]])
      expect(parseAlert(Uint8Array.from(bytes))).toBeUndefined();
  });

  it("tell the peer why it is refused, for every code", () => {
    for (const code of Object.keys(DTLS_CODES) as (keyof typeof DTLS_CODES)[])
      expect(Object.keys(ALERTS)).toContain(alertFor(new StationError(code, "refused")));
    expect(alertFor(new StationError("dtls.certificate-expired", "late"))).toBe("certificate_expired");
    expect(alertFor(new StationError("dtls.protocol", "odd", { alert: "decode_error" }))).toBe("decode_error");
    expect(alertFor(new StationError("station.internal", "a fault"))).toBe("internal_error");
  });
});
