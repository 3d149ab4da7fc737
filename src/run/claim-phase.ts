import type { Recipe } from "../contract/recipe.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import type { OwnerClient } from "../cloud/owner-client.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { Secret } from "../core/secret.ts";
import type { AtPort } from "../modem/at-port.ts";
import { readAttestationToken } from "../modem/commands/tokens.ts";
import { parseAttestationToken } from "../provisioning/attestation-token.ts";
import type { CommandQueue } from "./command-queue.ts";

/** What claiming a unit takes. */
export type ClaimParts = {
  readonly owner: OwnerClient;
  readonly uuid: DeviceUuid;
  readonly recipe: Recipe;
  readonly queue: CommandQueue;
  /** Whether a unit may be given up and claimed anew to empty its queue; at nRF Cloud its data would go with it. */
  readonly mayUnclaim: boolean;
  readonly tell: (body: RunEventBody) => void;
};

/**
 * Claims the unit with its attestation token and queues the first commands of the recipe. A unit that is ours already is no
 * error; commands that an earlier run left in its queue are removed, as they would run before the recipe's.
 * @throws StationError run.token-of-other-unit, run.claimed-other-unit, provisioning.token-malformed,
 * provisioning.attestation-refused, cloud.*, transport.*, at.*
 */
export async function claimUnit(modem: AtPort, parts: ClaimParts, signal: AbortSignal): Promise<void> {
  const token = await attestationToken(modem);
  checkToken(token, parts.uuid);
  const { owner, uuid, recipe, tell } = parts;
  const claimed = await owner.claim(token.reveal(), uuid, recipe.claim.tags, signal);
  checkUuid(claimed.uuid, uuid);
  if (claimed.kind === "ours-already") {
    tell({ type: "note", level: "info", text: "the unit was ours already", facts: { uuid } });
    await clearQueue(token, parts, signal);
  }
  parts.queue.restart();
  await parts.queue.fill(signal);
}

async function attestationToken(modem: AtPort): Promise<Secret> {
  try {
    return await readAttestationToken(modem);
  } catch (error) {
    const cause = asStationError(error);
    if (cause.code !== "at.rejected") throw cause;
    const what = "the modem gives no attestation token";
    throw new StationError("provisioning.attestation-refused", what, cause.facts, { cause });
  }
}

function checkToken(token: Secret, uuid: DeviceUuid): void {
  const { deviceUuid } = parseAttestationToken(token.reveal());
  if (deviceUuid === uuid) return;
  const facts = { modem: uuid, token: deviceUuid };
  throw new StationError("run.token-of-other-unit", "the attestation token names another device", facts);
}

function checkUuid(claimed: DeviceUuid | undefined, uuid: DeviceUuid): void {
  if (claimed === undefined || claimed === uuid) return;
  throw new StationError("run.claimed-other-unit", "the service claimed another device", { modem: uuid, claimed });
}

/** Removes commands of earlier runs that still wait: one by one, or by claiming anew where that is allowed and nothing else helps. */
async function clearQueue(token: Secret, parts: ClaimParts, signal: AbortSignal): Promise<void> {
  const { owner, uuid, recipe, mayUnclaim, tell } = parts;
  const waiting = await waitingIds(parts, signal);
  if (waiting.length === 0) return;
  const facts = { uuid, commands: quantity(waiting.length, "commands") };
  tell({ type: "note", level: "info", text: "commands of an earlier run are discarded", facts });
  for (const id of waiting) await owner.discard(uuid, id, signal).catch(refusalOnly);
  if ((await waitingIds(parts, signal)).length === 0) return;
  if (!mayUnclaim) throw new StationError("cloud.leftovers", "commands of an earlier run cannot be discarded", facts);
  tell({ type: "note", level: "info", text: "the unit is given up and claimed anew to empty its queue", facts });
  await owner.unclaim(uuid, signal);
  const again = await owner.claim(token.reveal(), uuid, recipe.claim.tags, signal);
  checkUuid(again.uuid, uuid);
}

async function waitingIds({ owner, uuid }: ClaimParts, signal: AbortSignal): Promise<readonly string[]> {
  const commands = await owner.listCommands(uuid, signal);
  return commands.filter(({ state }) => state === "waiting").map(({ id }) => id);
}

/** A service without this call refuses it; what is left in the queue then shows it. */
function refusalOnly(error: unknown): void {
  if (!(error instanceof StationError) || error.code !== "cloud.refused") throw error;
}
