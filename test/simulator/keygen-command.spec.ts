import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { Decoder } from "cbor-x";
import { describe, expect, it } from "vitest";
import type { ModemOptions } from "../../src/simulator/modem-options.ts";
import { modemRig } from "./modem-rig.ts";

type Cose = { readonly value: readonly [Buffer, Map<number, Buffer>, Buffer, Buffer] };
type Payload = readonly [number, Buffer, Buffer, Buffer, Buffer];

const cbor = new Decoder({ useRecords: false, mapsAsObjects: false });

function keygenRig(options: Partial<ModemOptions> = {}) {
  const rig = modemRig({ bootMode: 4, ...options });
  rig.say("AT+CMEE=1");
  const generate = (parameters: string) => {
    const token = rig.quoted(`AT%KEYGEN=${parameters}`);
    const [first = "", second = ""] = token.split(".");
    const der = Buffer.from(first, "base64url");
    const cose = cbor.decode(Buffer.from(second, "base64url")) as Cose;
    const payload = cbor.decode(cose.value[2]) as Payload;
    return { token, der, cose: cose.value, payload };
  };
  return { ...rig, generate };
}

const csrText = (der: Buffer): string =>
  execFileSync("openssl", ["req", "-verify", "-noout", "-text", "-inform", "DER"], {
    input: der,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  });

const sha256 = (data: Buffer): Buffer => createHash("sha256").update(data).digest();

describe("AT%KEYGEN", () => {
  it("answers a request that openssl verifies, with the device UUID as subject, and lists its digest", () => {
    const { generate, board, say } = keygenRig();
    const { token, der, payload } = generate("16842753,2,0");
    expect(csrText(der)).toContain(`CN = ${board.uuid}`);
    expect(token.length).toBeGreaterThan(540);
    expect(token.length).toBeLessThan(600);
    expect(payload[0]).toBe(9);
    expect(payload[1].toString("hex")).toBe(board.uuid.replaceAll("-", ""));
    expect(payload[2].toString("hex")).toBe("1a01010001");
    expect(payload[3]).toEqual(sha256(der));
    expect(payload[4]).toHaveLength(16);
    expect(say("AT%CMNG=1,16842753")).toBe(
      `%CMNG: 16842753,2,"${sha256(der).toString("hex").toUpperCase()}"\r\nOK\r\n`,
    );
  });

  it("takes attributes and key usage", () => {
    const { generate } = keygenRig();
    const text = csrText(generate('50,2,0,"CN=nrf-355025930000000,O=Example","101010000"').der);
    expect(text).toContain("CN = nrf-355025930000000, O = Example");
    expect(text).toContain("Digital Signature, Key Encipherment, Key Agreement");
  });

  it("takes an empty common name for the device UUID, as the vendor's installer asks", () => {
    const { generate, board } = keygenRig();
    expect(csrText(generate('52,2,0,"CN="').der)).toMatch(new RegExp(`Subject: CN = ${board.uuid}$`, "m"));
    expect(csrText(generate('53,2,0,"CN=,O=Example"').der)).toContain(`CN = ${board.uuid}, O = Example`);
  });

  it("answers the public key when asked, and for an endorsement key always the same one", () => {
    const { generate } = keygenRig();
    const publicKey = generate("50,2,1");
    expect(publicKey.payload[0]).toBe(8);
    expect(publicKey.der).toHaveLength(91);
    expect(createPublicKey({ key: publicKey.der, format: "der", type: "spki" }).asymmetricKeyType).toBe("ec");
    const [first, second] = [generate("51,8"), generate("51,8,1")];
    expect(first.der).toEqual(second.der);
    expect(first.payload[0]).toBe(8);
  });

  it("makes another key for each tag", () => {
    const { generate } = keygenRig();
    expect(generate("1,2,1").der).not.toEqual(generate("2,2,1").der);
  });

  it.each(["aad-empty", "aad-der"] as const)("signs the input %s with the identity key", (keygenSignature) => {
    const { generate, board } = keygenRig({ keygenSignature });
    const { der, cose } = generate("1,2,0");
    const [head, , payload, signature] = cose;
    const aad =
      keygenSignature === "aad-der"
        ? Buffer.concat([Buffer.from([0x59, der.length >> 8, der.length & 255]), der])
        : Buffer.from([0x40]);
    const input = Buffer.concat([
      Buffer.from("846a5369676e61747572653143", "hex"),
      head,
      aad,
      Buffer.from([0x58, payload.length]),
      payload,
    ]);
    const key = createPublicKey({ key: Buffer.from(board.identityKey.publicDer), format: "der", type: "spki" });
    expect(verify("sha256", input, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
  });

  it("is made as older firmware does it on an nRF9160", () => {
    const { generate } = keygenRig({ model: "nRF9160-SICA" });
    const { der } = generate("1,2,0");
    expect(der.includes(Buffer.from("06082a8648ce3d0403020500", "hex"))).toBe(true);
    expect(csrText(der)).toContain("ecdsa-with-SHA256");
  });

  it("answers 519 for a key that exists, and makes another after it was deleted", () => {
    const { generate, say } = keygenRig();
    const { der } = generate("1,2,0");
    expect(say("AT%KEYGEN=1,2,0")).toBe("+CME ERROR: 519\r\n");
    say("AT%CMNG=3,1,2");
    expect(generate("1,2,0").der).not.toEqual(der);
  });

  it("answers 514 for the modem's own tags and 523 for attributes that make no subject", () => {
    const { say } = keygenRig();
    expect(say("AT%KEYGEN=4294967294,2,0")).toBe("+CME ERROR: 514\r\n");
    expect(say('AT%KEYGEN=1,2,0,"nonsense"')).toBe("+CME ERROR: 523\r\n");
    expect(say('AT%KEYGEN=1,2,0,"CN=a","11"')).toBe("+CME ERROR: 523\r\n");
    expect(say("AT%CMNG=1,1")).toBe("OK\r\n");
  });

  it.each(["", "1", "1,3", "1,2,2", "1,2,0,CN=a", '1,2,0,"CN=a","101010000",1', "x,2,0"])(
    "refuses the parameters %j",
    (parameters) => {
      expect(keygenRig().say(`AT%KEYGEN=${parameters}`)).toBe("ERROR\r\n");
    },
  );
});
