import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { checkExpiry, parseDeviceToken } from "../../src/service/device-token.ts";
import { judgeKeyResult } from "../../src/service/key-result.ts";
import { kidOf, recoverKeys, verifies } from "../../src/service/public-key.ts";
import { readVectors } from "./support/fake-device.ts";

type Vectors = {
  readonly jwt: readonly {
    readonly name: string;
    readonly token: string;
    readonly header: { readonly kid?: string };
    readonly recovery: { readonly candidates: readonly string[]; readonly kidMatchesCandidate: number | null };
  }[];
  readonly attestation: readonly {
    readonly token: string;
    readonly identityKeyDerHex: string;
    readonly recoveryCandidates: readonly string[];
  }[];
  readonly keygen: readonly {
    readonly name: string;
    readonly token: string;
    readonly payload: { readonly deviceUuid: string; readonly sha256MatchesDer: boolean; readonly secTag: number };
    readonly csr?: { readonly subject: string; readonly publicKeyPem: string };
  }[];
};

const vectors = readVectors("tokens") as Vectors;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("recovering public keys", () => {
  it("gives the candidates of every known JWT, and kid picks the signer", () => {
    for (const { token, header, recovery } of vectors.jwt) {
      const dot = token.lastIndexOf(".");
      const [signed, signature] = [Buffer.from(token.slice(0, dot)), Buffer.from(token.slice(dot + 1), "base64url")];
      const keys = recoverKeys(signature, [signed]);
      expect(keys.map(hex).toSorted()).toEqual(recovery.candidates.toSorted());
      expect(keys.every((key) => verifies(key, signed, signature))).toBe(true);
      const matching = keys.filter((key) => kidOf(key) === header.kid).map(hex);
      expect(matching).toEqual(
        recovery.kidMatchesCandidate === null ? [] : [recovery.candidates[recovery.kidMatchesCandidate]],
      );
    }
  });

  it("gives the identity key of the known attestation token among the candidates of its signature inputs", () => {
    for (const { token, identityKeyDerHex, recoveryCandidates } of vectors.attestation) {
      const { cose, signatureInputs } = parseAttestationToken(token);
      const keys = recoverKeys(cose.signature, signatureInputs).map(hex);
      expect(keys).toContain(identityKeyDerHex);
      for (const candidate of recoveryCandidates) expect(keys).toContain(candidate);
      const key = Buffer.from(identityKeyDerHex, "hex");
      expect(signatureInputs.filter((input) => verifies(key, input, cose.signature))).toHaveLength(1);
    }
  });

  it("gives nothing for r or s of zero or beyond the order, and for lengths other than 64", () => {
    const good = Buffer.from(vectors.jwt[0]?.token.split(".")[2] ?? "", "base64url");
    const zero = Buffer.alloc(32);
    const huge = Buffer.alloc(32, 0xff);
    for (const part of [zero, huge]) {
      expect(recoverKeys(Buffer.concat([part, good.subarray(32)]), [Buffer.alloc(1)])).toEqual([]);
      expect(recoverKeys(Buffer.concat([good.subarray(0, 32), part]), [Buffer.alloc(1)])).toEqual([]);
    }
    expect(recoverKeys(good.subarray(1), [Buffer.alloc(1)])).toEqual([]);
  });
});

describe("tokens of real modems", () => {
  it("are read where they carry kid, issuer and time, and refused with the reason where not", () => {
    const outcomes = vectors.jwt.map(({ name, token }) => {
      try {
        const { uuid, kid } = parseDeviceToken(token);
        return [name, uuid, kid.length];
      } catch (error) {
        return [name, error instanceof Error ? error.message : ""];
      }
    });
    expect(outcomes).toEqual([
      ["modem-nrf9160-1", expect.stringContaining("does not say when it expires")],
      ["modem-nrf9160-2", "504e5353-3831-45c8-800a-2719d8ba39f5", 64],
      ["expected_jwt_min", expect.stringContaining("does not name its key")],
      ["expected_jwt_min_uuid", expect.stringContaining("does not name its key")],
    ]);
  });

  it("expire 60 s after their time, as clocks differ", () => {
    const token = parseDeviceToken(vectors.jwt[1]?.token ?? "");
    expect(() => checkExpiry(token, 1_676_930_658_000 + 59_999)).not.toThrow();
    expect(() => checkExpiry(token, 1_676_930_658_000 + 60_000)).toThrow(
      expect.objectContaining({ code: "service.token-refused" }),
    );
  });
});

describe("KEYGEN results of real modems", () => {
  it("are decoded, signature verified with the identity key, and refused where the digest does not fit", () => {
    const identity = Buffer.from(vectors.attestation[0]?.identityKeyDerHex ?? "", "hex");
    for (const { name, token, payload, csr } of vectors.keygen) {
      const result = judgeKeyResult(`%KEYGEN: "${token}"\r\nOK\r\n`, payload.deviceUuid, identity);
      expect(`${name} ${result.ok}`).toBe(`${name} ${payload.sha256MatchesDer}`);
      if (!result.ok) continue;
      expect(result.decoded).toMatchObject({
        message: token,
        secTag: payload.secTag,
        signatureVerified: payload.deviceUuid === "50363154-3931-44f0-8022-121b6401627d",
        ...(csr === undefined
          ? { publicKey: token }
          : { csr: token, subject: csr.subject, publicKeyPem: csr.publicKeyPem }),
      });
      expect(
        createHash("sha256")
          .update(Buffer.from(token.split(".")[0] ?? "", "base64url"))
          .digest("hex"),
      ).toBe(result.decoded["sha256"]);
    }
  });

  it("are refused when they are of another device", () => {
    const { token = "" } = vectors.keygen[0] ?? {};
    const result = judgeKeyResult(`%KEYGEN: "${token}"\r\nOK\r\n`, "00000000-0000-0000-0000-000000000000", undefined);
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining("another device") as unknown });
  });
});
