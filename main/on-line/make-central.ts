import { CentralClient } from "../../src/collect/read/central-client.ts";
import type { Secret } from "../../src/core/secret.ts";
import { BUNDLED } from "../places.ts";

/** A reader of a line's central database, in a thread of its own. */
export function makeCentral(address: Secret): CentralClient {
  return new CentralClient({ address, entry: BUNDLED.centralThread });
}
