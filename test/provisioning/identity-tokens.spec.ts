import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeError, StationError } from "../../src/core/error.ts";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { decodeBase64Url, encodeBase64Url } from "../../src/provisioning/base64url.ts";
import { CborWriter } from "../../src/provisioning/cbor-writer.ts";
import { hashMatches, parseKeygenToken } from "../../src/provisioning/keygen-token.ts";
import { parseModemJwt, uuidOfIssuer } from "../../src/provisioning/modem-jwt.ts";
import { normalisedRequest, parseSigningRequest } from "../../src/provisioning/signing-request.ts";
import { mutated } from "../fakes/command-arbitraries.ts";

type Tokens = Readonly<Record<"jwt" | "attestation" | "keygen", readonly { readonly token: string }[]>>;
const vectors = JSON.parse(readFileSync(new URL("../fixtures/vectors/tokens.json", import.meta.url), "utf8")) as Tokens;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const jwtOf = (header: unknown, payload: unknown): string =>
  [header, payload]
    .map((part) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(part))))
    .concat(encodeBase64Url(new Uint8Array(64)))
    .join(".");

function refusalOf(action: () => unknown): StationError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
}

const failureOf = (action: () => unknown): string => refusalOf(action)?.code ?? "accepted";

describe("a modem's JWT", () => {
  it("names its device by what follows the last dot of iss, whatever stands before it", () => {
    const uuid = "50363154-3931-44f0-8022-121b6401627d";
    expect(uuidOfIssuer(`nRF9160.${uuid}`)).toBe(uuid);
    expect(uuidOfIssuer(`nRF91x1.rev.2.${uuid.toUpperCase()}`)).toBe(uuid);
    expect(uuidOfIssuer(uuid)).toBeUndefined();
    expect(uuidOfIssuer("nRF9160.352656106111232")).toBeUndefined();
  });

  it("may lack times, kid and issuer, but not its algorithm", () => {
    expect(parseModemJwt(jwtOf({ alg: "ES256" }, {}))).not.toHaveProperty("issuedAt");
    expect(failureOf(() => parseModemJwt(jwtOf({ alg: "none" }, {})))).toBe("provisioning.token-malformed");
    expect(failureOf(() => parseModemJwt(jwtOf({ alg: "ES256", kid: "x" }, {})))).toBe("provisioning.token-malformed");
    expect(failureOf(() => parseModemJwt(jwtOf({ alg: "ES256" }, { exp: "soon" })))).toBe(
      "provisioning.token-malformed",
    );
    expect(failureOf(() => parseModemJwt(jwtOf({ alg: "ES256" }, [])))).toBe("provisioning.token-malformed");
  });
});

describe("a KEYGEN token", () => {
  it("reads a tag above 2^31 - 1, which the modem writes as a negative number", () => {
    const rewritten = (tag: Uint8Array): string => {
      const [der = "", signed = ""] = (vectors.keygen[0]?.token ?? "").split(".");
      const original = parseKeygenToken(`${der}.${signed}`);
      const message = new CborWriter()
        .raw(Uint8Array.of(0xd9, 0xd9, 0xf7))
        .list(5)
        .number(9)
        .bytes(Buffer.from(original.deviceUuid.replaceAll("-", ""), "hex"))
        .bytes(tag)
        .bytes(Buffer.from(original.sha256, "hex"))
        .bytes(original.nonce)
        .finish();
      const cose = new CborWriter()
        .raw(Uint8Array.of(0xd2))
        .list(4)
        .bytes(Uint8Array.of(0xa1, 0x01, 0x26))
        .map(1)
        .number(4)
        .bytes(Uint8Array.of(0x21))
        .bytes(message)
        .bytes(original.cose.signature)
        .finish();
      return `${der}.${encodeBase64Url(cose)}`;
    };
    expect(parseKeygenToken(rewritten(Uint8Array.of(0x3a, 0x7f, 0xff, 0xff, 0xff))).secTag).toBe(2_147_483_648);
    expect(parseKeygenToken(rewritten(Uint8Array.of(0x1a, 0x7f, 0xff, 0xff, 0xff))).secTag).toBe(2_147_483_647);
    const tooLarge = rewritten(Uint8Array.of(0x1b, 0, 0, 0, 1, 0, 0, 0, 0));
    expect(failureOf(() => parseKeygenToken(tooLarge))).toBe("provisioning.token-malformed");
  });

  it("loses its hash, not its signature, when NULL parameters are taken out of the request", () => {
    const token = parseKeygenToken(vectors.keygen[0]?.token ?? "");
    expect(hashMatches(token, sha256)).toBe(true);
    const normalised = normalisedRequest(token.der);
    expect(normalised.length).toBe(token.der.length - 2);
    expect(hashMatches({ ...token, der: normalised }, sha256)).toBe(false);
    expect(parseSigningRequest(normalised)).toMatchObject({ hasNullParameters: false });
    expect(normalisedRequest(normalised)).toBe(normalised);
  });
});

describe("token readers", () => {
  it("take base64url in its one form only", () => {
    expect(decodeBase64Url("AA")).toEqual(Uint8Array.of(0));
    for (const text of ["AB", "A", "AA==", "A+A", "A A", "AA\n"]) expect(decodeBase64Url(text)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });

  it("refuse hostile tokens with their own error, without showing the token", () => {
    const readers = { jwt: parseModemJwt, attestation: parseAttestationToken, keygen: parseKeygenToken } as const;
    const kinds = fc.constantFrom("jwt", "attestation", "keygen");
    const changed = kinds.chain((kind) => {
      const parts = (vectors[kind][0]?.token ?? "")
        .split(".")
        .map((part) => decodeBase64Url(part) ?? new Uint8Array(0));
      const tokens = fc
        .tuple(...parts.map((part) => fc.oneof(fc.constant(part), mutated(fc.constant(part)))))
        .map((list) => list.map(encodeBase64Url).join("."));
      return fc.record({ kind: fc.constant(kind), token: fc.oneof(tokens, tokens, fc.string({ maxLength: 5000 })) });
    });
    fc.assert(
      fc.property(changed, ({ kind, token }) => {
        const error = refusalOf(() => readers[kind](token));
        expect([undefined, "provisioning.token-malformed"]).toContain(error?.code);
        const shown = error === undefined ? "" : describeError(error);
        expect(token.length > 40 && shown.includes(token.slice(0, 40))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("refuse hostile signing requests with their own error", () => {
    const der = parseKeygenToken(vectors.keygen[0]?.token ?? "").der;
    fc.assert(
      fc.property(fc.oneof(mutated(fc.constant(der)), fc.uint8Array({ maxLength: 100 })), (bytes) => {
        const outcome = failureOf(() => normalisedRequest(bytes));
        expect(["accepted", "provisioning.token-malformed"]).toContain(outcome);
      }),
      { numRuns: 2000 },
    );
  });
});
