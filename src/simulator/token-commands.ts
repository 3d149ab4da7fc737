import { cme, ok, PLAIN_ERROR } from "./answer.ts";
import { argumentsOf, unsigned, type AtArgument } from "./at-call.ts";
import { firmwareUuid, rogueKey, uuidBytes } from "./board.ts";
import { attestationToken } from "./cose.ts";
import { CREDENTIAL_TYPE } from "./credential.ts";
import { CME } from "./credential-rules.ts";
import { makeJwt, type JwtParts } from "./jwt.ts";
import type { Quirk } from "./modem-options.ts";
import type { Handler, ModemState } from "./modem-state.ts";
import { importP256Key, type P256Key } from "./p256.ts";

const LONGEST_LIFETIME = 604_800;
const FOREIGN_UUID = "504e5353-3831-45c8-800a-2719d8ba39f5";

const attestation: Handler = (modem, call, quirk) => {
  const [challenge, ...more] = argumentsOf(call);
  if (call.form !== "run" && (call.form !== "set" || more.length > 0)) return PLAIN_ERROR;
  if (challenge !== undefined && (!challenge.quoted || !/^[0-9a-f]{32}$/i.test(challenge.text))) return PLAIN_ERROR;
  const nonce = challenge === undefined ? modem.random(16) : Buffer.from(challenge.text, "hex");
  const token = attestationToken(signerOf(modem, quirk), {
    uuid: uuidBytes(uuidOf(modem, quirk)),
    deviceType: modem.traits.facts.deviceType,
    firmwareUuid: uuidBytes(firmwareUuid(modem.traits.firmware)),
    nonce,
  });
  return ok(`%ATTESTTOKEN: "${quirk === "bad-signature" ? damaged(token) : token}"`);
};

type JwtOrder = {
  readonly lifetime: number;
  readonly subject: string;
  readonly audience: string;
  readonly key: { readonly tag: number; readonly type: number } | undefined;
};

const jwt: Handler = (modem, call, quirk) => {
  if (call.form !== "run" && call.form !== "set") return PLAIN_ERROR;
  const order = jwtOrderOf(argumentsOf(call), modem);
  if (order === undefined) return cme(CME.badParameters);
  const signer = order.key === undefined ? signerOf(modem, quirk) : storedKey(modem, order.key);
  if (typeof signer === "number") return cme(signer);
  const token = makeJwt(signer, jwtParts(modem, order, quirk));
  return ok(`%JWT: "${quirk === "bad-signature" ? damaged(token) : token}"`);
};

function jwtParts(modem: ModemState, { lifetime, subject, audience }: JwtOrder, quirk?: Quirk): JwtParts {
  const time = modem.clock.read();
  const from = time === undefined || lifetime === 0 ? undefined : Math.floor(time.instant / 1000);
  return {
    chip: modem.traits.facts.chip,
    uuid: uuidOf(modem, quirk),
    firmwareUuid: firmwareUuid(modem.traits.firmware),
    nonce: modem.random(16),
    ...(from === undefined ? {} : { validity: { from, until: from + lifetime } }),
    ...(subject === "" ? {} : { subject }),
    ...(audience === "" ? {} : { audience }),
  };
}

// Everything may be left out; 0 and an empty text mean "not given" (at.md 6).
function jwtOrderOf(args: readonly AtArgument[], modem: ModemState): JwtOrder | undefined {
  const [algorithm, lifetime, subject, audience, tagText, typeText, ...more] = args;
  const delta = numberOr(lifetime, 0);
  const texts = [subject, audience].every((one) => one === undefined || one.quoted || one.text === "");
  if (numberOr(algorithm, 0) !== 0 || delta === undefined || delta > LONGEST_LIFETIME || !texts || more.length > 0) {
    return undefined;
  }
  const key = keyPlaceOf(tagText, typeText, modem);
  if (key === "bad") return undefined;
  return { lifetime: delta, subject: subject?.text ?? "", audience: audience?.text ?? "", key };
}

function keyPlaceOf(tagText: AtArgument | undefined, typeText: AtArgument | undefined, modem: ModemState) {
  if (tagText === undefined && typeText === undefined) return undefined;
  const tag = unsigned(tagText);
  const type = unsigned(typeText);
  const allowed =
    type === CREDENTIAL_TYPE.clientKey || (type === CREDENTIAL_TYPE.endorsementKey && !modem.traits.facts.x1);
  return tag === undefined || type === undefined || !allowed ? "bad" : { tag, type };
}

function numberOr(argument: AtArgument | undefined, fallback: number): number | undefined {
  return argument === undefined || (argument.text === "" && !argument.quoted) ? fallback : unsigned(argument);
}

function storedKey(modem: ModemState, { tag, type }: { tag: number; type: number }): P256Key | number {
  const stored = modem.store.get(tag, type);
  if (stored === undefined) return CME.notFound;
  return importP256Key(stored.content) ?? CME.jwtFailed;
}

function signerOf(modem: ModemState, quirk?: Quirk): P256Key {
  return quirk === "rogue-key" ? rogueKey(modem.board) : modem.board.identityKey;
}

function uuidOf(modem: ModemState, quirk?: Quirk): string {
  return quirk === "foreign-uuid" ? FOREIGN_UUID : modem.board.uuid;
}

// Changes a character well inside the signature, so that its length and encoding stay as they were.
function damaged(token: string): string {
  const at = token.length - 20;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}

/** The commands that sign: attestation token and JWT (protocol.md 7.2 and 7.4). */
export const TOKEN_COMMANDS: Readonly<Record<string, Handler>> = { "%ATTESTTOKEN": attestation, "%JWT": jwt };
