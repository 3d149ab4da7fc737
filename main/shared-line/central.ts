import type { CentralClient } from "../../src/collect/read/central-client.ts";
import { StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import type { LineSecrets } from "./line-secrets.ts";

/** What reads a line's central database. */
export type CentralReader = Pick<
  CentralClient,
  "check" | "runs" | "run" | "counts" | "report" | "export" | "stations" | "close"
>;

/** Makes a reader; loaded when it is called, as nothing else needs PostgreSQL. */
export type MakeCentral = (address: Secret) => Promise<CentralReader>;

/** The central database that the window reads, by the address in the vault. */
export class Central {
  readonly #secrets: LineSecrets;
  readonly #make: MakeCentral;
  #reader: Promise<CentralReader> | undefined;

  constructor(secrets: LineSecrets, make: MakeCentral) {
    this.#secrets = secrets;
    this.#make = make;
  }

  /** @throws StationError desktop.no-central, vault.* */
  reader(): Promise<CentralReader> {
    if (this.#reader !== undefined) return this.#reader;
    const opening = this.#open();
    this.#reader = opening;
    opening.catch(() => {
      // After a renewal there is another one, which nobody else would close.
      if (this.#reader === opening) this.#reader = undefined;
    });
    return opening;
  }

  /** Reaches a database and looks whether it is one of a line. @throws StationError collect.* */
  async check(address: Secret): Promise<void> {
    const reader = await this.#make(address);
    try {
      await reader.check();
    } finally {
      await reader.close();
    }
  }

  /** The address has changed, or there is none any more. */
  async renew(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await (await reader?.catch(() => undefined))?.close();
  }

  async #open(): Promise<CentralReader> {
    const { secret, problem } = await this.#secrets.database();
    if (problem !== undefined) throw problem;
    if (secret === undefined) throw new StationError("desktop.no-central", "no central database is set");
    return this.#make(secret);
  }
}

/** The central database by the address in the vault; its reader is loaded with the first question. */
export function openCentral(secrets: LineSecrets): Central {
  return new Central(secrets, async (address) => (await import("../on-line/make-central.ts")).makeCentral(address));
}
