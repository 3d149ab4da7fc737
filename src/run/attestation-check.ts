import type { Device } from "../contract/common.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { Secret } from "../core/secret.ts";
import type { AtPort } from "../modem/at-port.ts";
import { readAttestationToken } from "../modem/commands/tokens.ts";
import { deviceTypeName, parseAttestationToken, type AttestationToken } from "../provisioning/attestation-token.ts";

/** A note about a token that does not stop the run. */
type Note = Extract<RunEventBody, { type: "note" }>;

/**
 * Reads the unit's attestation token and checks it before it goes anywhere: its form, the unit that it names, the kind of modem.
 * @param tell takes what is worth a note
 * @throws StationError provisioning.attestation-refused, provisioning.token-malformed, run.token-of-other-unit,
 * run.token-of-other-model, at.*
 */
export async function checkedAttestation(modem: AtPort, device: Device, tell: (note: Note) => void): Promise<Secret> {
  const token = await attestation(modem);
  for (const note of checkAttestation(parseAttestationToken(token.reveal()), device)) tell(note);
  return token;
}

async function attestation(modem: AtPort): Promise<Secret> {
  try {
    return await readAttestationToken(modem);
  } catch (error) {
    const cause = asStationError(error);
    if (cause.code !== "at.rejected") throw cause;
    const what = "the modem gives no attestation token";
    throw new StationError("provisioning.attestation-refused", what, cause.facts, { cause });
  }
}

/**
 * Compares a token with what the modem itself tells (protocol.md 7.2); answers notes. A kind of modem that is not known, on
 * either side, is a note; so are variants of one chip, as documents give the codes of the nRF9160's in different ways.
 * @throws StationError run.token-of-other-unit, run.token-of-other-model
 */
export function checkAttestation(token: AttestationToken, { uuid, model = "" }: Device): readonly Note[] {
  if (token.deviceUuid !== uuid) {
    const facts = { modem: uuid, token: token.deviceUuid };
    throw new StationError("run.token-of-other-unit", "the attestation token names another device", facts);
  }
  const named = deviceTypeName(token.deviceType);
  if (named === undefined) {
    const text = "the attestation token names a kind of modem that is not known";
    return [{ type: "note", level: "info", text, facts: { deviceType: token.deviceType, model } }];
  }
  const [chip = named] = named.split(" ");
  const told = /^nrf\d{4}/i.exec(model)?.[0];
  if (told !== undefined && told.toLowerCase() !== chip.toLowerCase()) {
    const facts = { model, token: named, deviceType: token.deviceType };
    throw new StationError("run.token-of-other-model", "the attestation token names another kind of modem", facts);
  }
  return [];
}
