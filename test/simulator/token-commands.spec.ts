import { createHash, createPublicKey, verify } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { describe, expect, it } from "vitest";
import { inSeconds, seconds } from "../../src/core/duration.ts";
import { rogueKey } from "../../src/simulator/board.ts";
import { modemRig } from "./modem-rig.ts";

const SPKI_HEAD = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
const NOON = Date.UTC(2025, 9, 9, 12, 0, 0);

type Jwt = { readonly header: Record<string, unknown>; readonly payload: Record<string, unknown> };

function open(
  token: string,
): Jwt & { readonly texts: readonly string[]; readonly input: Buffer; readonly signature: Buffer } {
  const [head = "", body = "", signature = ""] = token.split(".");
  const texts = [head, body].map((part) => Buffer.from(part, "base64url").toString("latin1"));
  const [header, payload] = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  const input = Buffer.from(`${head}.${body}`);
  return { header: header!, payload: payload!, texts, input, signature: Buffer.from(signature, "base64url") };
}

/** The key ids of the public keys that could have made the signature, as the service recovers them. */
function recoveredKids(input: Buffer, signature: Buffer): readonly string[] {
  const hash = createHash("sha256").update(input).digest();
  return [0, 1].map((bit) => {
    const bytes = Uint8Array.from([bit, ...signature]);
    const point = p256.Signature.fromBytes(bytes, "recovered").recoverPublicKey(hash).toBytes(false);
    return createHash("sha256").update(SPKI_HEAD).update(point).digest("hex");
  });
}

describe("AT%JWT", () => {
  const timed = () => {
    const rig = modemRig();
    rig.say('AT+CCLK="25/10/09,12:00:00+00"');
    return rig;
  };

  it("is the provisioning form: 456 characters, iat and exp 300 s apart, verified by node and by key recovery", () => {
    const { quoted, board } = timed();
    const token = quoted('AT%JWT=0,300,"",""');
    const { header, payload, input, signature } = open(token);
    expect(token).toHaveLength(456);
    expect(header).toEqual({ typ: "JWT", alg: "ES256", kid: board.identityKey.kid });
    expect(Object.keys(payload)).toEqual(["iss", "jti", "iat", "exp"]);
    expect(payload).toMatchObject({ iss: `nRF9151.${board.uuid}`, iat: NOON / 1000, exp: NOON / 1000 + 300 });
    expect(payload["jti"]).toMatch(/^nRF9151\.[0-9a-f-]{36}\.[0-9a-f]{32}$/);
    const key = createPublicKey({ key: Buffer.from(board.identityKey.publicDer), format: "der", type: "spki" });
    expect(verify("sha256", input, { key, dsaEncoding: "ieee-p1363" }, signature)).toBe(true);
    expect(recoveredKids(input, signature)).toContain(board.identityKey.kid);
  });

  it("is filled up with spaces, so that base64url needs no padding", () => {
    const { quoted } = timed();
    for (const subject of ["", "a", "ab", "abc"]) {
      const { texts } = open(quoted(`AT%JWT=0,300,"${subject}",""`));
      expect(texts.map((text) => text.length % 3)).toEqual([0, 0]);
      expect(texts[0]).toMatch(/\} {2}$/);
    }
  });

  it("carries subject and audience behind the times, and follows the modem's clock", async () => {
    const { quoted, clock } = timed();
    await clock.advance(seconds(10));
    const { payload } = open(quoted('AT%JWT=0,60,"nrf-355025930000000","aud"'));
    expect(Object.keys(payload)).toEqual(["iss", "jti", "iat", "exp", "sub", "aud"]);
    expect(payload).toMatchObject({ iat: NOON / 1000 + 10, exp: NOON / 1000 + 10 + inSeconds(seconds(60)) });
    expect(payload).toMatchObject({ sub: "nrf-355025930000000", aud: "aud" });
  });

  it.each(["AT%JWT", "AT%JWT=0,0", 'AT%JWT=,,"",""', "AT%JWT="])(
    "has no times for %j, nor without a clock",
    (command) => {
      expect(Object.keys(open(timed().quoted(command)).payload)).toEqual(["iss", "jti"]);
      expect(Object.keys(open(modemRig().quoted('AT%JWT=0,300,"",""')).payload)).toEqual(["iss", "jti"]);
    },
  );

  it("names the chip of the model", () => {
    const { quoted, board } = modemRig({ model: "nRF9160-SICA" });
    expect(open(quoted("AT%JWT")).payload["iss"]).toBe(`nRF9160.${board.uuid}`);
  });

  it("is signed by a tag's key when one is named: generated, or written as PEM", () => {
    const { say, quoted, board } = modemRig({ bootMode: 4 });
    const der = Buffer.from(quoted("AT%KEYGEN=5,2,1").split(".")[0]!, "base64url");
    const kid = createHash("sha256").update(der).digest("hex");
    const generated = open(quoted('AT%JWT=0,0,"","",5,2'));
    expect(generated.header["kid"]).toBe(kid);
    expect(recoveredKids(generated.input, generated.signature)).toContain(kid);
    const pem = board.identityKey.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    say(`AT%CMNG=0,6,2,"${pem}"`);
    expect(open(quoted('AT%JWT=0,0,"","",6,2')).header["kid"]).toBe(board.identityKey.kid);
  });

  it.each([
    ["AT%JWT=1", 50],
    ["AT%JWT=0,604801", 50],
    ["AT%JWT=0,x", 50],
    ["AT%JWT=0,300,plain", 50],
    ['AT%JWT=0,0,"","",1', 50],
    ['AT%JWT=0,0,"","",1,8', 50],
    ['AT%JWT=0,0,"","",1,2,3', 50],
    ['AT%JWT=0,0,"","",9,2', 513],
    ['AT%JWT=0,0,"","",7,2', 525],
  ])("refuses %j with %i", (command, code) => {
    const { say } = modemRig({ bootMode: 4 });
    for (const before of ["AT+CMEE=1", 'AT%CMNG=0,7,2,"no key"']) say(before);
    expect(say(command)).toBe(`+CME ERROR: ${code}\r\n`);
  });

  it("goes wrong in the ways that faults ask for", () => {
    const { quoted, board } = timed();
    const rogue = open(quoted("AT%JWT", "rogue-key"));
    expect(rogue.header["kid"]).toBe(rogueKey(board).kid);
    expect(recoveredKids(rogue.input, rogue.signature)).toContain(rogueKey(board).kid);
    const damaged = open(quoted("AT%JWT", "bad-signature"));
    expect(damaged.signature).toHaveLength(64);
    expect(recoveredKids(damaged.input, damaged.signature)).not.toContain(board.identityKey.kid);
    expect(open(quoted("AT%JWT", "foreign-uuid")).payload["iss"]).not.toContain(board.uuid);
  });
});

describe("AT%ATTESTTOKEN", () => {
  it("is 180 characters, signed by the identity key over the message with a null payload", () => {
    const { quoted, board } = modemRig();
    const token = quoted("AT%ATTESTTOKEN");
    expect(token).toHaveLength(180);
    const [message, cose] = token.split(".").map((part) => Buffer.from(part, "base64url"));
    expect(message!.toString("hex")).toMatch(new RegExp(`^d9d9f7850150${board.uuid.replaceAll("-", "")}0650`));
    expect(cose!.subarray(0, 13).toString("hex")).toBe("d28443a10126a1044121f65840");
    const input = Buffer.concat([
      Buffer.from("846a5369676e61747572653143a101265839", "hex"),
      message!,
      Buffer.from([0xf6]),
    ]);
    const key = createPublicKey({ key: Buffer.from(board.identityKey.publicDer), format: "der", type: "spki" });
    expect(verify("sha256", input, { key, dsaEncoding: "ieee-p1363" }, cose!.subarray(13))).toBe(true);
  });

  it("has a new nonce each time, or the challenge", () => {
    const { quoted } = modemRig();
    expect(quoted("AT%ATTESTTOKEN")).not.toBe(quoted("AT%ATTESTTOKEN"));
    const challenge = "00112233445566778899aabbccddeeff";
    const token = /ATTESTTOKEN: "([^.]+)/.exec(modemRig().say(`AT%ATTESTTOKEN="${challenge}"`))?.[1] ?? "";
    expect(Buffer.from(token, "base64url").toString("hex")).toMatch(new RegExp(`50${challenge}$`));
  });

  it.each([
    "AT%ATTESTTOKEN=1",
    'AT%ATTESTTOKEN="00"',
    'AT%ATTESTTOKEN="00112233445566778899aabbccddeeff",1',
    "AT%ATTESTTOKEN?",
  ])("refuses %j", (command) => {
    expect(modemRig().say(command)).toBe("ERROR\r\n");
  });
});
