import type { RunEventBody } from "../contract/run-event.ts";
import { signingOf } from "../contract/recipe-signing.ts";
import type { ResolvedRecipe } from "../contract/recipe.ts";
import type { OwnerCommand } from "../cloud/owner-command.ts";
import { redact, type Sha256 } from "../core/digest.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { Secret } from "../core/secret.ts";
import { CREDENTIAL_TYPE } from "../modem/commands/credentials.ts";
import { artefactOfToken, type Artefact } from "./artefact.ts";
import type { AskCore } from "./ask-core.ts";
import type { QueuedResult } from "./command-queue.ts";
import { compareKeys } from "./key-proof.ts";
import { contentDigests, type ExecutedCommand } from "./ledger.ts";
import type { Expectation } from "./recipe-expectation.ts";

/** What signing the unit's requests takes of its run. */
export type CertificateRoundParts = {
  readonly ask: AskCore;
  readonly tell: (body: RunEventBody) => void;
  readonly sha256: Sha256;
  /** What the station has carried out so far. */
  readonly executed: () => readonly ExecutedCommand[];
};

/** The owner's side of a unit's queue, as far as requests come from there. */
type Queue = {
  awaitResults(signal: AbortSignal): Promise<void>;
  results(first: number, signal: AbortSignal): Promise<readonly QueuedResult[]>;
};

/**
 * Certificates of the owner's own CA within one run: the unit's request goes to the core, what the core signed goes into the
 * queue, and is from then on what the unit has to hold.
 */
export class CertificateRound {
  readonly #parts: CertificateRoundParts;
  /** Requests of the unit as PEM, the newest on each tag. */
  readonly #requests = new Map<number, string>();
  readonly #issued = new Map<number, string>();

  constructor(parts: CertificateRoundParts) {
    this.#parts = parts;
  }

  /** Takes what the unit made, where it is a request. */
  take({ name, text }: Artefact): void {
    const secTag = /^csr (\d{1,10})$/.exec(name)?.[1];
    if (secTag !== undefined && text !== undefined) this.#requests.set(Number(secTag), text);
  }

  /**
   * The command with the certificate that it waits for; other commands as they are. The unit's request is the one that the
   * owner's side got too.
   * @throws StationError run.request-missing, run.key-differs; run.answer-silent, pki.* as the core's reason; cloud.*, transport.*
   */
  async complete(command: OwnerCommand, queue: Queue, uuid: DeviceUuid, signal: AbortSignal): Promise<OwnerCommand> {
    if (command.awaits === undefined) return command;
    const { secTag } = command.awaits;
    const csr = await this.#request(secTag, queue, uuid, signal);
    const answer = await this.#parts.ask({ kind: "certificate", secTag, csr }, signal);
    if (answer.kind !== "certificate")
      throw new StationError("station.internal", "the core answered another question", { kind: answer.kind });
    const { kind: _answered, ...issued } = answer;
    this.#issued.set(secTag, issued.pem);
    this.#parts.tell({ type: "certificate.issued", secTag, ...issued });
    const request = new Secret(JSON.stringify({ [command.kind]: { secTag, content: issued.pem } }));
    const { awaits: _given, ...rest } = command;
    return { ...rest, request };
  }

  /** What the recipe must lead to, with the certificates that exist by now. */
  known(expectations: readonly Expectation[]): readonly Expectation[] {
    return expectations.map((expectation) => {
      if (expectation.kind !== "credential" || expectation.place.credential !== CREDENTIAL_TYPE.clientCertificate)
        return expectation;
      const pem = this.#issued.get(expectation.place.secTag);
      if (pem === undefined || expectation.looseSha256 !== undefined) return expectation;
      return { ...expectation, looseSha256: contentDigests(pem, this.#parts.sha256).looseSha256 };
    });
  }

  /** The recipe with the certificates that exist by now in place of the orders to sign them. */
  filled(resolved: ResolvedRecipe): ResolvedRecipe {
    const files: Record<string, ResolvedRecipe["files"][string]> = { ...resolved.files };
    const commands = resolved.recipe.commands.map((command) => {
      const secTag = signingOf(command)?.secTag;
      const content = secTag === undefined ? undefined : this.#issued.get(secTag);
      if (command.kind !== "clientCertificate" || secTag === undefined || content === undefined) return command;
      const file = `issued:${secTag}`;
      files[file] = { ...redact(content, this.#parts.sha256), content };
      return { ...command, options: { secTag, file } };
    });
    return { ...resolved, files, recipe: { ...resolved.recipe, commands } };
  }

  async #request(secTag: number, queue: Queue, uuid: DeviceUuid, signal: AbortSignal): Promise<string> {
    await queue.awaitResults(signal);
    const results = await queue.results(0, signal);
    const { sha256, executed } = this.#parts;
    // Where the station carries out the commands, the unit's own answer counts, and the owner's must be the same.
    compareKeys(executed(), results, sha256);
    const own = this.#requests.get(secTag);
    if (own !== undefined) return own;
    const shown = new Map<string, Artefact>();
    for (const { state } of results)
      if (state.keyToken !== undefined) {
        const artefact = artefactOfToken(state.keyToken, uuid, sha256);
        shown.set(artefact.name, artefact);
      }
    const found = shown.get(`csr ${secTag}`)?.text;
    if (found !== undefined) return found;
    throw new StationError("run.request-missing", "the unit's request is not known", { secTag });
  }
}
