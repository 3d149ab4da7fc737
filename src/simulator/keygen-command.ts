import { subjectDer } from "../core/distinguished-name.ts";
import { cme, ok, PLAIN_ERROR, type Answer } from "./answer.ts";
import { argumentsOf, unsigned, type AtArgument } from "./at-call.ts";
import { uuidBytes } from "./board.ts";
import { keygenToken } from "./cose.ts";
import { CREDENTIAL_TYPE } from "./credential.ts";
import { CME, isUserTag } from "./credential-rules.ts";
import { DEFAULT_KEY_USAGE, isKeyUsage, makeCsr } from "./csr.ts";
import type { Handler, ModemState } from "./modem-state.ts";
import { exportP256Key, generateP256Key, importP256Key, sha256Upper, type P256Key } from "./p256.ts";

type Order = {
  readonly tag: number;
  readonly type: number;
  readonly content: "csr" | "public-key";
  readonly attributes: string;
  readonly keyUsage: string;
};

const keygen: Handler = (modem, call) => {
  const order = orderOf(argumentsOf(call));
  if (order === undefined) return PLAIN_ERROR;
  if (!modem.offline) return cme(CME.active);
  if (!isUserTag(modem, order.tag)) return cme(CME.noAccess);
  const existing = modem.store.get(order.tag, order.type);
  if (existing === undefined) return generate(modem, order);
  const key = order.type === CREDENTIAL_TYPE.endorsementKey ? importP256Key(existing.content) : undefined;
  return key === undefined ? cme(CME.exists) : ok(keygenLine(modem, order, key.publicDer));
};

function generate(modem: ModemState, order: Order): Answer {
  const key = generateP256Key();
  const content = exportP256Key(key);
  if (!modem.store.fits(order.tag, order.type, content.length)) return cme(CME.memoryFull);
  const answered = order.content === "csr" ? request(modem, order, key) : key.publicDer;
  if (answered === undefined) return cme(CME.keyGenerationFailed);
  modem.store.put({
    ...{ tag: order.tag, type: order.type, content, generated: true },
    sha256: sha256Upper(answered),
  });
  return ok(keygenLine(modem, order, answered));
}

function request(modem: ModemState, order: Order, key: P256Key): Uint8Array | undefined {
  const subject = subjectDer(named(order.attributes, modem.board.uuid));
  if (subject === undefined || !isKeyUsage(order.keyUsage)) return undefined;
  return makeCsr({ key, subject, keyUsage: order.keyUsage, nullParameters: modem.traits.nullParameters });
}

// The vendor's installer asks with an empty common name where a device goes by its UUID, and reads the UUID from the request.
function named(attributes: string, uuid: string): string {
  return attributes === "" ? `CN=${uuid}` : attributes.replace(/^CN=(?=,|$)/, `CN=${uuid}`);
}

function keygenLine(modem: ModemState, order: Order, der: Uint8Array): string {
  const token = keygenToken(modem.board.identityKey, {
    uuid: uuidBytes(modem.board.uuid),
    content: order.content,
    der,
    tag: order.tag,
    nonce: modem.random(16),
    signature: modem.traits.keygenSignature,
  });
  return `%KEYGEN: "${token}"`;
}

function orderOf(args: readonly AtArgument[]): Order | undefined {
  const [tagText, typeText, contentText, attributes, usage, ...more] = args;
  const tag = unsigned(tagText);
  const type = unsigned(typeText);
  const content = contentOf(contentText, type);
  if (tag === undefined || type === undefined || content === undefined || more.length > 0) return undefined;
  if (type !== CREDENTIAL_TYPE.clientKey && type !== CREDENTIAL_TYPE.endorsementKey) return undefined;
  if ([attributes, usage].some((one) => one !== undefined && !one.quoted && one.text !== "")) return undefined;
  const keyUsage = usage === undefined || usage.text === "" ? DEFAULT_KEY_USAGE : usage.text;
  return { tag, type, content, attributes: attributes?.text ?? "", keyUsage };
}

// An endorsement key is always answered as a public key (at.md 5).
function contentOf(argument: AtArgument | undefined, type: number | undefined): Order["content"] | undefined {
  const choice = argument === undefined || (argument.text === "" && !argument.quoted) ? 0 : unsigned(argument);
  if (choice !== 0 && choice !== 1) return undefined;
  return choice === 1 || type === CREDENTIAL_TYPE.endorsementKey ? "public-key" : "csr";
}

/** The key generation command (at.md 5). */
export const KEYGEN_COMMANDS: Readonly<Record<string, Handler>> = { "%KEYGEN": keygen };
