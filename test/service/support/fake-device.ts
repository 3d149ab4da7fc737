import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Command, CommandResponse } from "../../../src/provisioning/command.ts";

/** Small CBOR writer for test tokens, apart from the one under test. */
export const cbor = {
  head(major: number, value: number): Buffer {
    if (value < 24) return Buffer.of((major << 5) | value);
    if (value < 256) return Buffer.of((major << 5) | 24, value);
    if (value < 65_536) return Buffer.of((major << 5) | 25, value >> 8, value & 255);
    const wide = Buffer.alloc(5);
    wide[0] = (major << 5) | 26;
    wide.writeUInt32BE(value, 1);
    return wide;
  },
  bytes: (bytes: Uint8Array): Buffer => Buffer.concat([cbor.head(2, bytes.length), bytes]),
  text: (text: string): Buffer => Buffer.concat([cbor.head(3, Buffer.byteLength(text)), Buffer.from(text)]),
  list: (...items: readonly Buffer[]): Buffer => Buffer.concat([cbor.head(4, items.length), ...items]),
  number: (value: number): Buffer => cbor.head(0, value),
  nothing: Buffer.of(0xf6),
};

const TAG_55799 = Buffer.of(0xd9, 0xd9, 0xf7);
const PROTECTED = Buffer.of(0xa1, 0x01, 0x26);

/** How a firmware feeds the signature of its attestation token (open-questions.md Q8). */
export type SignatureInput = "message-as-aad" | "nothing" | "message-as-payload";

export type TokenChanges = {
  readonly header?: object;
  readonly claims?: object;
  readonly key?: KeyObject;
};

/** A modem's identity as the service sees it: signs real tokens with a real key. */
export class FakeDevice {
  readonly uuid: string;
  readonly key: KeyObject;
  readonly spki: Buffer;
  readonly kid: string;

  constructor(uuid: string = randomUuid(), pair = generateKeyPairSync("ec", { namedCurve: "P-256" })) {
    this.uuid = uuid;
    this.key = pair.privateKey;
    this.spki = pair.publicKey.export({ type: "spki", format: "der" });
    this.kid = createHash("sha256").update(this.spki).digest("hex");
  }

  /** A JWT as `AT%JWT=0,300,"",""` makes it, trailing spaces included. */
  jwt(now = Date.now(), changes: TokenChanges = {}): string {
    const seconds = Math.floor(now / 1000);
    const header = { typ: "JWT", alg: "ES256", kid: this.kid, ...changes.header };
    const claims = {
      iss: `nRF9161.${this.uuid}`,
      jti: `nRF9161.f6e3bd7b-7df3-4b88-b43a-a7a9766a04ad.${randomBytes(16).toString("hex")}`,
      iat: seconds,
      exp: seconds + 300,
      ...changes.claims,
    };
    const signed = `${padded(header)}.${padded(claims)}`;
    return `${signed}.${es256(changes.key ?? this.key, Buffer.from(signed)).toString("base64url")}`;
  }

  /** An attestation token as `AT%ATTESTTOKEN` makes it. */
  attestation(input: SignatureInput = "message-as-aad", key = this.key): string {
    const uuid = Buffer.from(this.uuid.replaceAll("-", ""), "hex");
    const message = Buffer.concat([
      TAG_55799,
      cbor.list(
        cbor.number(1),
        cbor.bytes(uuid),
        cbor.number(6),
        cbor.bytes(Buffer.from("1aff3acbf1a64764a2634c2646c1c654", "hex")),
        cbor.bytes(randomBytes(16)),
      ),
    ]);
    const payload = input === "message-as-payload" ? cbor.bytes(message) : cbor.nothing;
    const aad = input === "message-as-aad" ? message : Buffer.alloc(0);
    const signature = es256(key, cbor.list(cbor.text("Signature1"), cbor.bytes(PROTECTED), cbor.bytes(aad), payload));
    return `${message.toString("base64url")}.${sign1(cbor.nothing, signature).toString("base64url")}`;
  }

  /** The modem's answer to %KEYGEN for a public key (response content 1). */
  keygen(secTag: number, changes: { readonly digest?: Buffer; readonly uuid?: string } = {}): string {
    const der = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
    return this.keygenOf(8, der, secTag, changes);
  }

  keygenOf(
    type: 8 | 9,
    der: Buffer,
    secTag: number,
    changes: { readonly digest?: Buffer; readonly uuid?: string } = {},
  ): string {
    const payload = Buffer.concat([
      TAG_55799,
      cbor.list(
        cbor.number(type),
        cbor.bytes(Buffer.from((changes.uuid ?? this.uuid).replaceAll("-", ""), "hex")),
        cbor.bytes(cbor.number(secTag)),
        cbor.bytes(changes.digest ?? createHash("sha256").update(der).digest()),
        cbor.bytes(randomBytes(16)),
      ),
    ]);
    const signature = es256(
      this.key,
      cbor.list(cbor.text("Signature1"), cbor.bytes(PROTECTED), cbor.bytes(der), cbor.bytes(payload)),
    );
    const token = `${der.toString("base64url")}.${sign1(cbor.bytes(payload), signature).toString("base64url")}`;
    return `%KEYGEN: "${token}"\r\nOK\r\n`;
  }
}

/** Results as a device reports them, canonical or with indefinite lists. */
export function report(responses: readonly CommandResponse[], form: "canonical" | "indefinite" = "canonical"): Buffer {
  const list = (items: readonly Buffer[]): Buffer =>
    form === "canonical" ? cbor.list(...items) : Buffer.concat([Buffer.of(0x9f), ...items, Buffer.of(0xff)]);
  return list(
    responses.map((response) => {
      switch (response.kind) {
        case "error":
          return list([
            cbor.text(response.id),
            cbor.number(99),
            cbor.number(response.cme),
            cbor.text(response.message),
          ]);
        case "at":
          return list([cbor.text(response.id), cbor.number(100), cbor.text(response.message)]);
        case "config":
          return list([cbor.text(response.id), cbor.number(101)]);
        case "finished":
          return list([cbor.text(response.id), cbor.number(102)]);
      }
    }),
  );
}

/** What a healthy modem answers to a list. */
export function successOf(commands: readonly Command[], device: FakeDevice): CommandResponse[] {
  return commands.map((command): CommandResponse => {
    if (command.kind !== "at") return { kind: command.kind, id: command.id };
    const keygen = command.command === "%KEYGEN";
    return { kind: "at", id: command.id, message: keygen ? device.keygen(tagOf(command.parameters)) : "OK\r\n" };
  });
}

export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), "utf8"));
}

export function randomUuid(): string {
  const hex = randomBytes(16).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function privateKeyPem(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}

function tagOf(parameters: string): number {
  return Number(parameters.split(",", 1)[0]);
}

function es256(key: KeyObject, message: Uint8Array): Buffer {
  return sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
}

function sign1(payload: Buffer, signature: Buffer): Buffer {
  return Buffer.concat([
    Buffer.of(0xd2),
    cbor.list(cbor.bytes(PROTECTED), Buffer.from([0xa1, 0x04, 0x41, 0x21]), payload, cbor.bytes(signature)),
  ]);
}

/** Modems pad with spaces so that base64url needs no `=`. */
function padded(value: object): string {
  const text = JSON.stringify(value);
  return Buffer.from(text + " ".repeat((3 - (Buffer.byteLength(text) % 3)) % 3)).toString("base64url");
}
