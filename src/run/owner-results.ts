import type { Sha256 } from "../core/digest.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import { parseKeygenToken } from "../provisioning/keygen-token.ts";
import { artefactOfToken } from "./artefact.ts";
import type { CommandQueue, QueuedResult } from "./command-queue.ts";

/** What telling the owner's results takes. */
export type OwnerResultsParts = {
  readonly queue: CommandQueue;
  readonly uuid: DeviceUuid;
  /** How many commands the recipe has. */
  readonly total: number;
  readonly sha256: Sha256;
  readonly tell: (body: RunEventBody) => void;
};

/**
 * The commands that a board carried out by itself, as the owner's side tells what became of them: each is told once, in order,
 * when it is final. Where the service tells a key's token, what the key generation made is told too.
 */
export class OwnerResults {
  readonly #parts: OwnerResultsParts;
  readonly #keys = new Map<number, string>();
  #told = 0;

  constructor(parts: OwnerResultsParts) {
    this.#parts = parts;
  }

  /** The SHA-256 that the modem told of each key it made, by security tag, as far as the service shows it. */
  get keys(): ReadonlyMap<number, string> {
    return this.#keys;
  }

  /** How many commands have been told. */
  get told(): number {
    return this.#told;
  }

  /**
   * Waits until every queued command has succeeded, and tells them all.
   * @throws StationError device.command-failed, cloud.result-missing, cloud.*; run.token-of-other-unit, provisioning.token-malformed
   */
  async settle(signal: AbortSignal): Promise<void> {
    try {
      await this.#parts.queue.awaitResults(signal);
    } catch (error) {
      await this.#tellAll(signal).catch(() => undefined);
      const cause = asStationError(error);
      if (cause.code !== "cloud.result-failed") throw cause;
      const what = "a command that the board carried out failed";
      throw new StationError("device.command-failed", what, cause.facts, { cause });
    }
    await this.#tellAll(signal);
  }

  /**
   * Tells what is final after a session that went wrong: a command that failed says more than the board does.
   * @throws StationError device.command-failed; what else goes wrong here is left out
   */
  async glance(signal: AbortSignal): Promise<void> {
    const results = await this.#tellAll(signal).catch(() => []);
    const failed = results.find(({ state }) => state.state === "failed");
    if (failed === undefined) return;
    const { id, status, message } = failed.state;
    const facts = { id, status, ...(message === undefined ? {} : { message }) };
    throw new StationError("device.command-failed", "a command that the board carried out failed", facts);
  }

  async #tellAll(signal: AbortSignal): Promise<readonly QueuedResult[]> {
    const results = await this.#parts.queue.results(this.#told, signal);
    for (const result of results) {
      if (result.state.state === "waiting") break;
      this.#told++;
      this.#tell(result);
    }
    return results;
  }

  #tell({ kind, place, state }: QueuedResult): void {
    const { tell, total, uuid, sha256 } = this.#parts;
    const { id, status, message, keyToken } = state;
    const command = { id, kind: "ordered", text: kind, ordinal: place, total: Math.max(place, total) } as const;
    const reply = message === undefined ? status : `${status}: ${message}`;
    const result = state.state === "succeeded" ? "ok" : "error";
    tell({ type: "command.concluded", command, result, reply, elapsedMs: 0 });
    if (keyToken === undefined) return;
    tell(artefactOfToken(keyToken, uuid, sha256));
    const key = parseKeygenToken(keyToken);
    this.#keys.set(key.secTag, key.sha256);
  }
}
