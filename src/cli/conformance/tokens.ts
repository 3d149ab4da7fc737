import { createHash, createPublicKey, verify } from "node:crypto";
import { deviceTypeName, parseAttestationToken } from "../../provisioning/attestation-token.ts";
import type { CoseSign1 } from "../../provisioning/cose-sign1.ts";
import { hashMatches, parseKeygenToken, type KeygenToken } from "../../provisioning/keygen-token.ts";
import { parseModemJwt, type ModemJwt } from "../../provisioning/modem-jwt.ts";
import { normalisedRequest, parseSigningRequest } from "../../provisioning/signing-request.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import {
  compareRows,
  rowsOf,
  sameOrDiffer,
  type ConformanceResult,
  type ConformanceSuite,
  type RowVerdict,
} from "./report.ts";
import { hexBytes, isRecord, listField, recordField, textField, type Row } from "./row.ts";

const LISTS = ["jwt", "attestation", "keygen"] as const;

/** Identity tokens: what they say, what was signed, and the signature where a key is known. */
export const tokens: ConformanceSuite = {
  kind: "tokens",
  recognises: (document) => isRecord(document) && LISTS.every((list) => Array.isArray(document[list])),
  run: async (document) => {
    const results = await Promise.all([
      compareRows(rowsOf(document, "jwt"), compareJwt),
      compareRows(rowsOf(document, "attestation"), compareAttestation),
      compareRows(rowsOf(document, "keygen"), compareKeygen),
    ]);
    return results.reduce(together);
  },
};

function together(one: ConformanceResult, other: ConformanceResult): ConformanceResult {
  return {
    total: one.total + other.total,
    agree: one.agree + other.agree,
    differ: [...one.differ, ...other.differ],
    stricter: [...one.stricter, ...other.stricter],
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function compareJwt(row: Row): RowVerdict {
  const jwt = parseModemJwt(textField(row, "token"));
  const header = recordField(row, "header");
  const payload = recordField(row, "payload");
  return (
    sameOrDiffer(
      {
        headerText: row["headerText"],
        payloadText: row["payloadText"],
        signature: row["signatureHex"],
        kid: header["kid"],
        claims: ["iss", "sub", "aud", "jti", "iat", "exp"].map((name) => payload[name]),
      },
      {
        headerText: jwt.headerText,
        payloadText: jwt.payloadText,
        signature: toHex(jwt.signature),
        kid: jwt.kid,
        claims: [jwt.issuer, jwt.subject, jwt.audience, jwt.tokenId, jwt.issuedAt, jwt.expiresAt],
      },
    ) ?? jwtKeyDifference(row, jwt)
  );
}

/** The signing input is right when every key recovered from it verifies; the key with the hash in `kid` is the signer. */
function jwtKeyDifference(row: Row, jwt: ModemJwt): RowVerdict {
  const recovery = row["recovery"];
  const candidates = isRecord(recovery)
    ? listField(recovery, "candidates").map((key) => hexBytes(String(key), "candidates"))
    : [];
  const signer = candidates.findIndex((key) => sha256(key) === jwt.kid);
  const known = row["publicKeyPem"];
  return sameOrDiffer(
    {
      verified: candidates.map(() => true),
      signer: isRecord(recovery) ? (recovery["kidMatchesCandidate"] ?? -1) : -1,
      valid: known === undefined ? undefined : row["signatureValid"],
    },
    {
      verified: candidates.map((key) => verifies(key, jwt.signingInput, jwt.signature)),
      signer,
      valid: typeof known === "string" ? verifies(known, jwt.signingInput, jwt.signature) : undefined,
    },
  );
}

function compareAttestation(row: Row): RowVerdict {
  const token = parseAttestationToken(textField(row, "token"));
  const fields = recordField(row, "fields");
  const [likeliest] = token.signatureInputs;
  return (
    sameOrDiffer(
      {
        message: row["messageHex"],
        messageType: fields["messageType"],
        deviceUuid: fields["deviceUuid"],
        deviceType: [fields["rawDeviceType"], fields["deviceType"]],
        firmwareUuid: fields["firmwareUuid"],
        nonce: fields["nonceHex"],
        signatureInput: row["sigStructureHex"] ?? toHex(likeliest ?? new Uint8Array(0)),
      },
      {
        message: toHex(token.message),
        messageType: token.messageType,
        deviceUuid: token.deviceUuid,
        deviceType: [token.deviceType, deviceTypeName(token.deviceType)],
        firmwareUuid: token.firmwareUuid,
        nonce: toHex(token.nonce),
        signatureInput: toHex(likeliest ?? new Uint8Array(0)),
      },
    ) ??
    coseDifference(row, token.cose) ??
    identityDifference(row, token.signatureInputs, token.cose) ??
    candidatesDifference(row["recoveryCandidates"], likeliest, token.cose)
  );
}

function compareKeygen(row: Row): RowVerdict {
  const token = parseKeygenToken(textField(row, "token"));
  const payload = recordField(row, "payload");
  const raw = recordField(payload, "rawSecTag");
  const structures = recordField(row, "sigStructure");
  const [withDer, without] = token.signatureInputs;
  return (
    sameOrDiffer(
      {
        der: row["derHex"],
        messageType: payload["messageType"],
        deviceUuid: payload["deviceUuid"],
        secTag: [payload["secTag"], raw["$bytes"]],
        sha256: payload["sha256"],
        nonce: payload["nonceHex"],
        matches: payload["sha256MatchesDer"],
        input: recordField(structures, "aadEmpty")["hex"],
      },
      {
        der: toHex(token.der),
        messageType: token.messageType,
        deviceUuid: token.deviceUuid,
        secTag: [token.secTag, toHex(token.rawSecTag)],
        sha256: token.sha256,
        nonce: toHex(token.nonce),
        matches: hashMatches(token, sha256),
        input: toHex(without ?? new Uint8Array(0)),
      },
    ) ??
    coseDifference(row, token.cose) ??
    identityDifference(row, token.signatureInputs, token.cose) ??
    candidatesDifference(recordField(structures, "aadEmpty")["candidates"], without, token.cose) ??
    candidatesDifference(recordField(structures, "aadDer")["candidates"], withDer, token.cose) ??
    requestDifference(row, token)
  );
}

const KEY_NAMES: Readonly<Record<number, string>> = {
  [-2]: "device identity key",
  [-4]: "Nordic base production key",
  [-5]: "Nordic base R&D key",
};

function coseDifference(row: Row, cose: CoseSign1): RowVerdict {
  const expected = recordField(row, "cose");
  const keyName = KEY_NAMES[cose.keyId];
  return sameOrDiffer(
    [expected["protectedHex"], expected["signatureHex"], expected["payload"] ?? null, expected["keyId"]],
    [
      toHex(cose.protectedHeader),
      toHex(cose.signature),
      cose.payload === undefined ? null : "present",
      keyName ?? expected["keyId"],
    ],
  );
}

/** Where the identity key is known, one of the inputs that a verifier tries must verify with it. */
function identityDifference(row: Row, inputs: readonly Uint8Array[], cose: CoseSign1): RowVerdict {
  const key = row["identityKeyDerHex"];
  if (typeof key !== "string") return undefined;
  return sameOrDiffer(
    true,
    inputs.some((input) => verifies(hexBytes(key, "identityKeyDerHex"), input, cose.signature)),
  );
}

/** A signature input is right when each key that was recovered from it verifies it. */
function candidatesDifference(candidates: unknown, input: Uint8Array | undefined, cose: CoseSign1): RowVerdict {
  if (!Array.isArray(candidates) || input === undefined) return undefined;
  const keys = candidates.map((key: unknown) => hexBytes(String(key), "candidates"));
  return sameOrDiffer(
    keys.map(() => true),
    keys.map((key) => verifies(key, input, cose.signature)),
  );
}

function requestDifference(row: Row, token: KeygenToken): RowVerdict {
  const expected = row["csr"];
  if (!isRecord(expected)) return sameOrDiffer("public-key", token.kind);
  const request = parseSigningRequest(token.der);
  const normalised = parseSigningRequest(normalisedRequest(token.der));
  const key = createPublicKey({ key: Buffer.from(request.publicKey), format: "der", type: "spki" });
  return sameOrDiffer(
    { ...expected, publicKeyPem: expected["publicKeyPem"], normalisedHasNull: false },
    {
      subject: request.subject,
      signatureValid: verify("sha256", normalised.signedInfo, { key, dsaEncoding: "der" }, normalised.signature),
      publicKeyPem: key.export({ format: "pem", type: "spki" }),
      sigAlgHasNullParams: request.hasNullParameters,
      keyUsageHex: request.keyUsage === undefined ? undefined : `02${toHex(request.keyUsage)}`,
      normalisedHasNull: normalised.hasNullParameters,
    },
  );
}

function verifies(key: Uint8Array | string, input: Uint8Array, signature: Uint8Array): boolean {
  const publicKey =
    typeof key === "string"
      ? createPublicKey(key)
      : createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" });
  return verify("sha256", input, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
}
