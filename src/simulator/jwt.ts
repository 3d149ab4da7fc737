import { encodeWireText } from "../core/wire-text.ts";
import { signRaw, type P256Key } from "./p256.ts";

/** What a modem's JWT says (protocol.md 7.4). */
export type JwtParts = {
  /** The chip name, for example `nRF9151`. */
  readonly chip: string;
  readonly uuid: string;
  readonly firmwareUuid: string;
  /** 16 random bytes. */
  readonly nonce: Uint8Array;
  /** Unix times in seconds; absent when no lifetime was asked for or the modem has no time. */
  readonly validity?: { readonly from: number; readonly until: number };
  readonly subject?: string;
  readonly audience?: string;
};

/** A compact JWS signed with ES256, made as the modem makes it. */
export function makeJwt(key: P256Key, parts: JwtParts): string {
  const { chip, uuid, firmwareUuid, nonce, validity, subject, audience } = parts;
  const header = { typ: "JWT", alg: "ES256", kid: key.kid };
  const payload = {
    iss: `${chip}.${uuid}`,
    jti: `${chip}.${firmwareUuid}.${Buffer.from(nonce).toString("hex")}`,
    ...(validity === undefined ? {} : { iat: validity.from, exp: validity.until }),
    ...(subject === undefined ? {} : { sub: subject }),
    ...(audience === undefined ? {} : { aud: audience }),
  };
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${Buffer.from(signRaw(key, Buffer.from(input))).toString("base64url")}`;
}

// The modem fills the text up with spaces to a multiple of three bytes, so that base64url needs no padding.
function encoded(value: object): string {
  const bytes = encodeWireText(JSON.stringify(value));
  const spaces = (3 - (bytes.length % 3)) % 3;
  return Buffer.concat([bytes, Buffer.alloc(spaces, " ")]).toString("base64url");
}
