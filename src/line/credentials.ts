import { credsAuthenticator, nkeyAuthenticator, type Authenticator } from "@nats-io/transport-node";
import { fromSeed } from "@nats-io/nkeys";
import { StationError } from "../core/error.ts";
import type { Secret } from "../core/secret.ts";

const JWT_BLOCK = /-{3,}BEGIN NATS USER JWT-{3,}\s+[A-Za-z0-9_.=-]+\s+-{3,}END NATS USER JWT-{3,}/;
const SEED = /(?:^|\n)\s*(SU[A-Z2-7]{56})\s*(?:\n|$)/;

/**
 * How a station signs in: with the JWT and seed of a `.creds` file, or with the seed of a user's nkey alone.
 * @throws StationError line.credentials when the text holds neither; never with any part of it
 */
export function authenticatorOf(credentials: Secret): Authenticator {
  const text = credentials.reveal();
  const [, seed] = SEED.exec(text) ?? [];
  if (seed === undefined || !isSeed(seed))
    throw new StationError("line.credentials", "the credentials hold no seed of a user's nkey");
  const encoder = new TextEncoder();
  return JWT_BLOCK.test(text) ? credsAuthenticator(encoder.encode(text)) : nkeyAuthenticator(encoder.encode(seed));
}

function isSeed(seed: string): boolean {
  try {
    return fromSeed(new TextEncoder().encode(seed)).getPublicKey().startsWith("U");
  } catch {
    // What the library says of a broken seed must not be repeated: it may quote it.
    return false;
  }
}
