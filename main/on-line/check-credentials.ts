import type { Secret } from "../../src/core/secret.ts";
import { authenticatorOf } from "../../src/line/credentials.ts";

/** Passes what a station can sign in with. @throws StationError line.credentials */
export function checkCredentials(credentials: Secret): void {
  authenticatorOf(credentials);
}
