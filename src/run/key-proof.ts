import type { Sha256 } from "../core/digest.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { ExecutedCommand } from "./ledger.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import type { CommandQueue, QueuedResult } from "./command-queue.ts";
import { keygenAnswer } from "./keygen-answer.ts";

/** What a proof of keys takes. */
export type KeyProofParts = { readonly sha256: Sha256; readonly tell: (body: RunEventBody) => void };

/**
 * Compares the keys that the modem made with those that the owner's side shows, where it made any. A service that stumbles
 * here proves nothing against the unit: that is told, and the run goes on.
 * @throws StationError run.key-differs; the signal's reason
 */
export async function proveKeys(
  queue: CommandQueue,
  executed: readonly ExecutedCommand[],
  { sha256, tell }: KeyProofParts,
  signal: AbortSignal,
): Promise<void> {
  if (executed.every(({ made }) => made === undefined)) return;
  try {
    compareKeys(executed, await queue.results(0, signal), sha256);
  } catch (error) {
    const { code } = asStationError(error);
    if (signal.aborted || !/^(?:cloud|transport)\./.test(code)) throw error;
    const text = "the service does not show its keys: not compared with those that the modem made";
    tell({ type: "note", level: "warning", text, facts: { code } });
  }
}

/**
 * Compares the keys that the modem made with those that the owner's side got: the DER in the tokens that the service shows
 * for its key commands, tag by tag. Services that show no token tell nothing.
 * @param executed what was carried out, with the digest of each key's DER
 * @throws StationError run.key-differs naming the tag and both digests
 */
export function compareKeys(
  executed: readonly ExecutedCommand[],
  results: readonly QueuedResult[],
  sha256: Sha256,
): void {
  for (const { kind, state } of results) {
    const token = state.keyToken === undefined ? undefined : keygenAnswer(`%KEYGEN: "${state.keyToken}"`);
    if (token === undefined) continue;
    const made = executed.flatMap(({ made: one, credential }) =>
      one !== undefined && credential?.secTag === token.secTag ? [one] : [],
    );
    const digest = sha256(token.der);
    if (made.length === 0 || made.includes(digest)) continue;
    const facts = { secTag: token.secTag, command: kind, expectedSha256: made.at(-1) ?? "", foundSha256: digest };
    throw new StationError("run.key-differs", "the service got another key than the modem made", facts);
  }
}
