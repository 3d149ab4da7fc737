import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ResolvedProfileSchema, type ResolvedProfile } from "../../../src/contract/profile.ts";
import type { ResolvedRecipe } from "../../../src/contract/recipe.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { ensureServerIdentity, type ServerIdentity } from "../../../src/service/authority.ts";
import { loadRecipe } from "../../../src/station/files/recipe-file.ts";
import { Harness } from "../../service/support/harness.ts";
import type { Pair } from "./faulty-server.ts";

const HOST = "127.0.0.1";
const RECIPE = join(import.meta.dirname, "../../../resources/recipes/training/recipe.yaml");
/** A name that no name server may ever know (RFC 6761). */
export const NOBODY = "provisioning.invalid";

/** Ports at which a run finds the service, where they are not the service's own. */
export type Places = {
  readonly https?: { readonly host?: string; readonly port?: number };
  readonly coaps?: { readonly host?: string; readonly port?: number };
  readonly owner?: { readonly host?: string; readonly port?: number };
};

/** What all cells share: the embedded service on all of its sides, a recipe, and certificates of somebody else. */
export class MatrixWorld {
  readonly harness: Harness;
  readonly recipe: ResolvedRecipe;
  readonly #folder: string;
  readonly #foreign: ServerIdentity;

  private constructor(harness: Harness, recipe: ResolvedRecipe, folder: string) {
    this.harness = harness;
    this.recipe = recipe;
    this.#folder = folder;
    this.#foreign = ensureServerIdentity(folder, [HOST, "localhost"], realClock);
  }

  static async start(): Promise<MatrixWorld> {
    const [harness, recipe] = await Promise.all([Harness.start({ coapsPort: 0 }), loadRecipe(RECIPE, {})]);
    return new MatrixWorld(harness, recipe, mkdtempSync(join(tmpdir(), "foreign-")));
  }

  async stop(): Promise<void> {
    await this.harness.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Certificate and key of another CA for the service's address. */
  get foreign(): Pair {
    return { cert: this.#foreign.certificate, key: this.#foreign.key };
  }

  /** What a server of the device's side over CoAP shows. */
  identity(own: boolean): ServerIdentity {
    return own ? ensureServerIdentity(this.harness.dir, [HOST, "localhost"], realClock) : this.#foreign;
  }

  /** How a station reaches the service. */
  profile(transport: "https" | "coaps", places: Places = {}): ResolvedProfile {
    const { service, ca } = this.harness;
    const { https, coaps, owner } = places;
    const ownerAt = `${owner?.host ?? HOST}:${owner?.port ?? service.ownerPort}`;
    return ResolvedProfileSchema.parse({
      ...{ profile: 1, name: "Line under test", service: "embedded", transport },
      https: { host: https?.host ?? HOST, port: https?.port ?? service.httpsPort, ca },
      coaps: { host: coaps?.host ?? HOST, port: coaps?.port ?? service.coapsPort, ca },
      owner: { base: `https://${ownerAt}/v1`, ca },
    });
  }
}
