import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { atomically, type ServiceDatabase } from "./database.ts";
import type { DeviceStore, Pin } from "./device-store.ts";
import { checkExpiry, parseDeviceToken, refused, type DeviceToken } from "./device-token.ts";
import { kidOf, recoverKeys, verifies, type Spki } from "./public-key.ts";

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
   * The keys that may have signed a claim's attestation token; empty when a pinned key did.
   * @param inputs the signature inputs to try (open-questions.md Q8)
   * @throws StationError service.bad-request when no key, or not the pinned one, can have made the signature
   */
  attestedBy(uuid: DeviceUuid, signature: Uint8Array, inputs: readonly Uint8Array[]): readonly Spki[] {
    const pin = this.#devices.pin(uuid);
    if (pin === undefined) {
      const candidates = recoverKeys(signature, inputs);
      if (candidates.length > 0) return candidates;
      throw new StationError("service.bad-request", "claimToken: its signature is none", { uuid });
    }
    if (inputs.some((input) => verifies(pin.spki, input, signature))) return [];
    throw new StationError("service.bad-request", "claimToken: not signed with the key that the device is known by", {
      uuid,
    });
  }

  #pin(token: DeviceToken, spki: Spki): void {
    atomically(this.#database, () => {
      const attested = this.#devices.candidates(token.uuid).map(kidOf);
      if (this.#devices.isClaimed(token.uuid) && !attested.includes(token.kid))
        throw refused("the token's key is not the one that signed the claim's attestation token", { uuid: token.uuid });
      this.#devices.addPin(token.uuid, spki);
    });
  }
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
