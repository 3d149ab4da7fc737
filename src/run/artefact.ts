import type { RunEventBody } from "../contract/run-event.ts";
import type { Sha256 } from "../core/digest.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { Command, CommandResponse } from "../provisioning/command.ts";
import { parseKeygenToken, type KeygenToken } from "../provisioning/keygen-token.ts";
import { parseSigningRequest } from "../provisioning/signing-request.ts";

/** A public thing that the unit made. */
export type Artefact = Extract<RunEventBody, { type: "artefact.made" }>;

/**
 * The signing request or public key that a key generation answered, or undefined for every other command.
 * @throws StationError provisioning.token-malformed; run.token-of-other-unit when the token names another device or tag
 */
export function artefactOf(
  command: Command,
  response: CommandResponse | undefined,
  uuid: DeviceUuid,
  sha256: Sha256,
): Artefact | undefined {
  if (command.kind !== "at" || command.command.toUpperCase() !== "%KEYGEN" || response?.kind !== "at") return undefined;
  const text = /%KEYGEN: *"([^"]*)"/i.exec(response.message)?.[1];
  return text === undefined ? undefined : artefactOfToken(text, uuid, sha256);
}

/**
 * The signing request or public key in a token that a key generation answered.
 * @throws StationError provisioning.token-malformed; run.token-of-other-unit when the token names another device
 */
export function artefactOfToken(text: string, uuid: DeviceUuid, sha256: Sha256): Artefact {
  const token = parseKeygenToken(text);
  if (token.deviceUuid !== uuid) {
    const facts = { modem: uuid, token: token.deviceUuid };
    throw new StationError("run.token-of-other-unit", "the key's token names another device", facts);
  }
  const pem = pemOf(token);
  const { der, secTag } = token;
  const name = `${token.kind === "csr" ? "csr" : "public-key"} ${secTag}`;
  const key = publicKeyOf(token);
  return {
    ...{ type: "artefact.made", name, sha256: sha256(der), length: der.length },
    ...(key === undefined ? {} : { keySha256: sha256(key) }),
    text: pem,
  };
}

/** The key as SubjectPublicKeyInfo; undefined where a signing request has a form that only the modem knows. */
function publicKeyOf({ kind, der }: KeygenToken): Uint8Array | undefined {
  if (kind === "public-key") return der;
  try {
    return parseSigningRequest(der).publicKey;
  } catch {
    return undefined;
  }
}

function pemOf(token: KeygenToken): string {
  const label = token.kind === "csr" ? "CERTIFICATE REQUEST" : "PUBLIC KEY";
  const body = btoa(Array.from(token.der, (byte) => String.fromCharCode(byte)).join(""));
  return [`-----BEGIN ${label}-----`, ...(body.match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ""].join("\n");
}
