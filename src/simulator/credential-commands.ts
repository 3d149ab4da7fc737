import { decodeWireText, encodeWireText } from "../core/wire-text.ts";
import { cme, ok, PLAIN_ERROR, type Answer } from "./answer.ts";
import { argumentsOf, unsigned, type AtArgument } from "./at-call.ts";
import { CREDENTIAL_TYPE, type Credential } from "./credential.ts";
import { CME, isKnownType, isReadableType, isUserTag, isValidContent, isWritableType } from "./credential-rules.ts";
import type { Quirk } from "./modem-options.ts";
import type { Handler, ModemState } from "./modem-state.ts";
import { sha256Upper } from "./p256.ts";

const OPERATION = { write: 0, list: 1, read: 2, delete: 3 } as const;

const credentials: Handler = (modem, call, quirk) => {
  if (call.form !== "set") return PLAIN_ERROR;
  const [operation, ...args] = argumentsOf(call);
  switch (unsigned(operation)) {
    case OPERATION.write:
      return write(modem, args, quirk);
    case OPERATION.list:
      return list(modem, args);
    case OPERATION.read:
      return read(modem, args);
    case OPERATION.delete:
      return remove(modem, args);
    default:
      return PLAIN_ERROR;
  }
};

function write(modem: ModemState, args: readonly AtArgument[], quirk?: Quirk): Answer {
  const place = placeOf(args);
  const [, , content, password, ...more] = args;
  if (place === undefined || content?.quoted !== true || content.text === "" || more.length > 0) return PLAIN_ERROR;
  if (password !== undefined && !password.quoted) return PLAIN_ERROR;
  const bytes = encodeWireText(content.text);
  const refusal = whyNotWrite(modem, place, bytes);
  if (refusal !== undefined) return cme(refusal);
  if (quirk === "lost-write") return ok();
  const stored = quirk === "corrupt-store" ? withFlippedBit(bytes) : bytes;
  modem.store.put({ ...place, content: stored, sha256: sha256Upper(stored), generated: false });
  return ok();
}

function whyNotWrite(modem: ModemState, { tag, type }: Place, content: Uint8Array): number | undefined {
  if (!modem.offline) return CME.active;
  if (!isUserTag(modem, tag) || !isWritableType(type)) return CME.noAccess;
  if (modem.store.get(tag, type) !== undefined && !modem.traits.overwrite) return CME.exists;
  if (modem.traits.checkContent && !isValidContent(type, content)) return CME.invalidContent;
  return modem.store.fits(tag, type, content.length) ? undefined : CME.memoryFull;
}

function list(modem: ModemState, args: readonly AtArgument[]): Answer {
  const [tag, type] = args.map(unsigned);
  if (args.length > 2 || (args.length > 0 && tag === undefined) || (args.length > 1 && type === undefined)) {
    return PLAIN_ERROR;
  }
  const found = [...modem.store.list(), ...reserved(modem)].filter(
    (one) => (tag === undefined || one.tag === tag) && (type === undefined || one.type === type),
  );
  return ok(...found.map((one) => `%CMNG: ${one.tag},${one.type},"${one.sha256}"`));
}

function read(modem: ModemState, args: readonly AtArgument[]): Answer {
  const place = placeOf(args);
  if (place === undefined || args.length > 2) return PLAIN_ERROR;
  if (!isReadableType(place.type)) return cme(CME.noAccess);
  const all = [...modem.store.list(), ...reserved(modem)];
  const found = all.find((one) => one.tag === place.tag && one.type === place.type);
  if (found === undefined) return cme(CME.notFound);
  return ok(`%CMNG: ${found.tag},${found.type},"${found.sha256}","${decodeWireText(found.content)}"`);
}

function remove(modem: ModemState, args: readonly AtArgument[]): Answer {
  const place = placeOf(args);
  if (place === undefined || args.length > 2) return PLAIN_ERROR;
  if (!modem.offline) return cme(CME.active);
  if (!isUserTag(modem, place.tag)) return cme(CME.noAccess);
  return modem.store.delete(place.tag, place.type) ? ok() : cme(CME.notFound);
}

type Place = { readonly tag: number; readonly type: number };

function placeOf(args: readonly AtArgument[]): Place | undefined {
  const tag = unsigned(args[0]);
  const type = unsigned(args[1]);
  return tag === undefined || type === undefined || !isKnownType(type) ? undefined : { tag, type };
}

// The modem's own entries: Nordic's public key and root, and the device identity public key (peers.md 4.5).
function reserved(modem: ModemState): readonly Credential[] {
  if (!modem.traits.listReserved) return [];
  const own = (tag: number, type: number, content: Uint8Array): Credential => ({
    ...{ tag, type, content, generated: false },
    sha256: sha256Upper(content),
  });
  const identity = Buffer.from(modem.board.identityKey.publicDer).toString("base64");
  const pem = `-----BEGIN PUBLIC KEY-----\n${identity.replaceAll(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
  return [
    own(4294967292, CREDENTIAL_TYPE.nordicPublicKey, Buffer.from("base production public key")),
    own(4294967293, CREDENTIAL_TYPE.nordicRootCa, Buffer.from("identity root certificate")),
    own(4294967294, CREDENTIAL_TYPE.identityPublicKey, Buffer.from(pem)),
  ];
}

function withFlippedBit(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

/** The credential storage command (at.md 4). */
export const CREDENTIAL_COMMANDS: Readonly<Record<string, Handler>> = { "%CMNG": credentials };
