import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { parseAttestationToken, type AttestationToken } from "../provisioning/attestation-token.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import type { Attestation, DeviceStore, Pin } from "./device-store.ts";
import { checkExpiry, parseDeviceToken, refused, type DeviceToken } from "./device-token.ts";
import { isSignature, kidOf, recoverKeys, verifies, verifiesDigest, type Spki } from "./public-key.ts";

/** As many as the attestation token's `signatureInputs`. */
const ALL_FORMS = [0, 1, 2] as const;

/**
 * Who a device is, by trust on first use (protocol.md 7.4): the first JWT of a UUID gives away the key that made it; that key is
 * pinned, and nothing else is accepted for the UUID from then on. Where the claim came first, the key must be one of those that
 * may have signed the claim's attestation token.
 */
export class DeviceIdentity {
  readonly #database: ServiceDatabase;
  readonly #devices: DeviceStore;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, devices: DeviceStore, clock: Clock) {
    this.#database = database;
    this.#devices = devices;
    this.#clock = clock;
  }

  /**
   * The device that a JWT was made by.
   * @throws StationError service.token-refused, service.not-claimed (the token is good, the device has no owner)
   */
  authenticate(text: string): DeviceUuid {
    const token = parseDeviceToken(text);
    checkExpiry(token, this.#clock.now());
    const pin = this.#devices.pin(token.uuid);
    if (pin === undefined) this.#pin(token, signerOf(token));
    else checkPin(token, pin);
    if (this.#devices.isClaimed(token.uuid)) return token.uuid;
    throw new StationError("service.not-claimed", "the device is not claimed", { uuid: token.uuid });
  }

  /**
   * The device that an attestation token was made by: what devices of older libraries send in place of a JWT (peers.md 4.6).
   * It names no key and no time. Without a pinned key it must come from a key that may also have signed the claim's token; where
   * only one key can have signed both, that key is pinned.
   * @throws StationError service.token-refused, service.not-claimed
   */
  authenticateAttestation(text: string): DeviceUuid {
    const { deviceUuid: uuid, cose, signatureInputs } = attestationOf(text);
    if (!this.#devices.isClaimed(uuid))
      throw new StationError("service.not-claimed", "the device is not claimed", { uuid });
    const pin = this.#devices.pin(uuid);
    if (pin !== undefined) {
      if (signatureInputs.some((input) => verifies(pin.spki, input, cose.signature))) return uuid;
      throw refused("the attestation token was not made with the key that the device is known by", { uuid });
    }
    // A device signs all its tokens in one form: a key that fits one form of this token counts against that form of the claim's.
    const keys = signatureInputs.flatMap((input, form) =>
      recoverKeys(cose.signature, [input]).filter((spki) => this.#attested(uuid, spki, [form])),
    );
    const [spki, ...others] = new Map(keys.map((key) => [kidOf(key), key])).values();
    if (spki === undefined)
      throw refused("the attestation token's key is not the one that signed the claim's attestation token", { uuid });
    if (others.length === 0) atomically(this.#database, () => this.#devices.addPin(uuid, spki));
    return uuid;
  }

  /**
   * What a claim's attestation token proves about the device's key, or undefined when a pinned key made its signature.
   * @param inputs the signature inputs to try (open-questions.md Q8)
   * @throws StationError service.bad-request when no key, or not the pinned one, can have made the signature
   */
  attestedBy(uuid: DeviceUuid, signature: Uint8Array, inputs: readonly Uint8Array[]): Attestation | undefined {
    const pin = this.#devices.pin(uuid);
    if (pin === undefined) {
      if (isSignature(signature)) return { signature, digests: inputs.map(sha256) };
      throw new StationError("service.bad-request", "claimToken: its signature is none", { uuid });
    }
    if (inputs.some((input) => verifies(pin.spki, input, signature))) return undefined;
    throw new StationError("service.bad-request", "claimToken: not signed with the key that the device is known by", {
      uuid,
    });
  }

  /** Whether a key may have signed the claim's attestation token, in one of the forms of its signature input. */
  #attested(uuid: DeviceUuid, spki: Spki, forms: readonly number[] = ALL_FORMS): boolean {
    const attestation = this.#devices.attestation(uuid);
    const digests = attestation?.digests.filter((_, form) => forms.includes(form)) ?? [];
    if (attestation !== undefined && digests.some((digest) => verifiesDigest(spki, digest, attestation.signature)))
      return true;
    return this.#devices.candidates(uuid).some((candidate) => kidOf(candidate) === kidOf(spki));
  }

  #pin(token: DeviceToken, spki: Spki): void {
    atomically(this.#database, () => {
      if (this.#devices.isClaimed(token.uuid) && !this.#attested(token.uuid, spki))
        throw refused("the token's key is not the one that signed the claim's attestation token", { uuid: token.uuid });
      this.#devices.addPin(token.uuid, spki);
    });
  }
}

function attestationOf(text: string): AttestationToken {
  try {
    return parseAttestationToken(text);
  } catch (cause) {
    throw refused("the attestation token cannot be read", {}, cause);
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** The key that made the token: the recovered one whose digest is `kid`; that it was recovered proves the signature. */
function signerOf(token: DeviceToken): Spki {
  const signer = recoverKeys(token.signature, [token.signed]).find((spki) => kidOf(spki) === token.kid);
  if (signer !== undefined && verifies(signer, token.signed, token.signature)) return signer;
  throw refused("the token's signature does not fit its kid", { uuid: token.uuid });
}

function checkPin(token: DeviceToken, pin: Pin): void {
  if (token.kid !== pin.kid)
    throw refused("the token's key is not the one that the device is known by", { uuid: token.uuid });
  if (!verifies(pin.spki, token.signed, token.signature))
    throw refused("the token's signature is wrong", { uuid: token.uuid });
}
