import type { Instant } from "../core/clock.ts";
import { milliseconds, seconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { lasting, quantity, type Facts } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { parseModemJwt, type ModemJwt } from "../provisioning/modem-jwt.ts";

/** A device's JWT with everything that the service demands of it; the signature is not verified yet. */
export type DeviceToken = {
  readonly uuid: DeviceUuid;
  /** Lower-case hex SHA-256 of the signing key's SPKI. */
  readonly kid: string;
  /** Seconds since 1970. */
  readonly expires: number;
  /** What was signed. */
  readonly signed: Uint8Array;
  /** 64 bytes, r then s. */
  readonly signature: Uint8Array;
};

/** Real ones have 456 to 496 characters; the device's own buffer takes 850 (protocol.md 5.5). */
const LONGEST = 2048;
/** How far the clock of a modem may lag behind ours. */
const CLOCK_SKEW = seconds(60);

/**
 * Takes a JWT apart. Only ES256 counts, `kid` is required, and so is `exp`: modems leave it out when they have no clock, and a
 * token that never expires would open the device's queue for ever. `jti` is not remembered, as devices use one token for several
 * requests (protocol.md 6.2). `iss` is `<anything>.<device UUID>` (open-questions.md Q1).
 * @throws StationError service.token-refused; nothing of the token is among its facts
 */
export function parseDeviceToken(text: string): DeviceToken {
  if (text.length > LONGEST)
    throw refused("the token is too long", {
      length: quantity(text.length, "characters"),
      limit: quantity(LONGEST, "characters"),
    });
  const { headerText, kid, deviceUuid, expiresAt, signingInput, signature } = readable(text);
  // RFC 7515 4.1.11: a token that demands an extension must not be accepted by those who do not know it.
  const header: unknown = JSON.parse(headerText);
  if (typeof header === "object" && header !== null && "crit" in header)
    throw refused("the token demands an extension");
  if (kid === undefined) throw refused("the token does not name its key");
  if (deviceUuid === undefined) throw refused("the token's issuer does not end in a device UUID");
  if (expiresAt === undefined)
    throw refused("the token does not say when it expires: check that the modem has a valid clock", {
      uuid: deviceUuid,
    });
  return { uuid: deviceUuid, kid, expires: expiresAt, signed: signingInput, signature };
}

/** @throws StationError service.token-refused when the token is past its time, beyond what clocks may differ by */
export function checkExpiry(token: DeviceToken, now: Instant): void {
  const late = milliseconds(now - token.expires * 1000);
  if (late < CLOCK_SKEW) return;
  throw refused("the token has expired", { uuid: token.uuid, late: lasting(late), allowed: lasting(CLOCK_SKEW) });
}

/** The refusal of a token. */
export function refused(what: string, facts: Facts = {}, cause?: unknown): StationError {
  return new StationError("service.token-refused", what, facts, { cause });
}

function readable(text: string): ModemJwt {
  try {
    return parseModemJwt(text);
  } catch (cause) {
    throw refused("the token cannot be read", {}, cause);
  }
}
