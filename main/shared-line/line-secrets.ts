import type { HeldSecret } from "../../src/contract/desktop-line.ts";
import type { KeyProtection } from "../../src/contract/desktop-service.ts";
import type { LineFile } from "../../src/contract/line-file.ts";
import { asStationError, type StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import type { Vault } from "../vault/vault.ts";

/** A secret of the line, if there is one that can be used; `problem`: why one that is kept cannot. */
export type FoundSecret = { readonly secret?: Secret; readonly problem?: StationError };

const CREDENTIALS = "line-credentials";
const DATABASE = "line-database";
/** A database's address holds everything that it is for. */
const ANYWHERE = "central database";

/** The secrets that a line needs, in the station's vault: credentials for its servers, and the address of its central database. */
export class LineSecrets {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** How the next secret would rest. */
  protection(): Promise<KeyProtection> {
    return this.#vault.protection();
  }

  /** What is known of the credentials, by what the line file says about them; undefined: there is no file to say anything. */
  credentialsFacts(line: Pick<LineFile, "credentials"> | undefined): HeldSecret {
    const source = line?.credentials;
    if (source !== undefined && "file" in source) return { from: "file", name: source.file };
    if (source !== undefined && "environment" in source) return { from: "environment", name: source.environment };
    return this.#facts(CREDENTIALS, source !== undefined);
  }

  databaseFacts(): HeldSecret {
    return this.#facts(DATABASE, false);
  }

  /** The credentials for these servers. Never throws. */
  credentials({ servers }: Pick<LineFile, "servers">): Promise<FoundSecret> {
    return this.#find(CREDENTIALS, addressOf(servers));
  }

  /** The address of the central database. Never throws. */
  database(): Promise<FoundSecret> {
    return this.#find(DATABASE, ANYWHERE);
  }

  /** Keeps credentials for these servers and no others. @throws StationError vault.* */
  keepCredentials(secret: Secret, { servers }: Pick<LineFile, "servers">, insist: boolean): Promise<void> {
    return this.#vault.keep(CREDENTIALS, secret, addressOf(servers), insist);
  }

  /** @throws StationError vault.* */
  keepDatabase(secret: Secret, insist: boolean): Promise<void> {
    return this.#vault.keep(DATABASE, secret, ANYWHERE, insist);
  }

  /** @throws StationError vault.unwritable */
  forgetCredentials(): Promise<void> {
    return this.#vault.forget(CREDENTIALS);
  }

  /** @throws StationError vault.unwritable */
  forgetDatabase(): Promise<void> {
    return this.#vault.forget(DATABASE);
  }

  #facts(name: string, wanted: boolean): HeldSecret {
    const facts = this.#vault.facts(name);
    return facts === undefined ? { from: "none", wanted } : { from: "vault", ...facts };
  }

  async #find(name: string, address: string): Promise<FoundSecret> {
    try {
      const secret = await this.#vault.read(name, address);
      return secret === undefined ? {} : { secret };
    } catch (error) {
      return { problem: asStationError(error) };
    }
  }
}

/** Credentials are sent to the servers of the line that they were kept for. */
function addressOf(servers: readonly string[]): string {
  return servers.toSorted().join(" ");
}
