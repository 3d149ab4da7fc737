import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { uuidBytes } from "../../src/simulator/board.ts";
import { attestationToken, keygenToken } from "../../src/simulator/cose.ts";
import { deriveP256Key } from "../../src/simulator/p256.ts";
import tokens from "../fixtures/vectors/tokens.json" with { type: "json" };

const SIGNATURE_BYTES = 64;
const key = deriveP256Key("an identity key");
const publicKey = createPublicKey({ key: Buffer.from(key.publicDer), format: "der", type: "spki" });
const hex = (text: string): Buffer => Buffer.from(text, "hex");

function parts(token: string): { readonly first: Buffer; readonly frame: string; readonly signature: Buffer } {
  const [first = "", second = ""] = token.split(".");
  const cose = Buffer.from(second, "base64url");
  return {
    first: Buffer.from(first, "base64url"),
    frame: cose.subarray(0, -SIGNATURE_BYTES).toString("hex"),
    signature: cose.subarray(-SIGNATURE_BYTES),
  };
}

const signed = (input: Buffer, signature: Buffer): boolean =>
  verify("sha256", input, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);

describe("attestationToken", () => {
  const real = tokens.attestation[0]!;

  it("has every byte of the real token, the signature aside, and signs the same input", () => {
    const token = attestationToken(key, {
      uuid: uuidBytes(real.fields.deviceUuid),
      deviceType: real.fields.rawDeviceType,
      firmwareUuid: uuidBytes(real.fields.firmwareUuid),
      nonce: hex(real.fields.nonceHex),
    });
    const { first, frame, signature } = parts(token);
    expect(token).toHaveLength(real.length);
    expect(first.toString("hex")).toBe(real.messageHex);
    expect(frame).toBe(real.coseHex.slice(0, -2 * SIGNATURE_BYTES));
    expect(signed(hex(real.sigStructureHex), signature)).toBe(true);
  });
});

describe("keygenToken", () => {
  const cases = tokens.keygen.map((real) => [real.name, real] as const);

  it.each(cases)("has every byte of the real token %s, the signature aside", (_name, real) => {
    // keygen-2's DER was normalised afterwards; the hash in its payload is of the original with NULL parameters.
    const der = real.payload.sha256MatchesDer ? hex(real.derHex) : withNullParameters(hex(real.derHex));
    const token = keygenToken(key, {
      uuid: uuidBytes(real.payload.deviceUuid),
      content: real.payload.messageType === 9 ? "csr" : "public-key",
      der,
      tag: real.payload.secTag,
      nonce: hex(real.payload.nonceHex),
      signature: "aad-empty",
    });
    const { first, frame } = parts(token);
    expect(first).toEqual(der);
    expect(frame).toBe(real.coseHex.slice(0, -2 * SIGNATURE_BYTES));
  });

  it("signs with the DER as additional data or with none, as asked", () => {
    const real = tokens.keygen[0]!;
    const order = {
      uuid: uuidBytes(real.payload.deviceUuid),
      content: "csr",
      der: hex(real.derHex),
      tag: real.payload.secTag,
      nonce: hex(real.payload.nonceHex),
    } as const;
    const empty = hex(real.sigStructure.aadEmpty.hex);
    const payload = empty.subarray(empty.indexOf("584b", 0, "hex"));
    const head = Buffer.concat([hex("846a5369676e61747572653143a10126"), hex("59010e"), order.der]);
    const withDer = Buffer.concat([head, payload]);
    const forms = { "aad-empty": empty, "aad-der": withDer };
    for (const form of ["aad-empty", "aad-der"] as const) {
      const { signature } = parts(keygenToken(key, { ...order, signature: form }));
      expect(signed(forms[form], signature)).toBe(true);
      expect(signed(form === "aad-der" ? empty : withDer, signature)).toBe(false);
    }
  });

  it("writes a tag above 2^31 - 1 as the negative number of the same 32 bits", () => {
    const order = {
      uuid: new Uint8Array(16),
      content: "public-key",
      der: key.publicDer,
      nonce: new Uint8Array(16),
    } as const;
    const { frame } = parts(keygenToken(key, { ...order, tag: 2_147_483_648, signature: "aad-empty" }));
    expect(frame).toContain("453a7fffffff5820");
  });
});

function withNullParameters(der: Buffer): Buffer {
  const at = der.indexOf("300a06082a8648ce3d040302", 0, "hex");
  const changed = Buffer.concat([der.subarray(0, at), hex("300c06082a8648ce3d0403020500"), der.subarray(at + 12)]);
  changed.writeUInt16BE(changed.readUInt16BE(2) + 2, 2);
  return changed;
}
