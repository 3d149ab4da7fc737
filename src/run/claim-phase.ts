import type { Device } from "../contract/common.ts";
import type { Recipe } from "../contract/recipe.ts";
import type { CommandState, OwnerRule } from "../cloud/owner-answer.ts";
import type { OwnerClient } from "../cloud/owner-client.ts";
import type { Clock } from "../core/clock.ts";
import { redact, type Sha256 } from "../core/digest.ts";
import { StationError } from "../core/error.ts";
import { quantity, type Facts } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";
import type { Secret } from "../core/secret.ts";
import type { AtPort } from "../modem/at-port.ts";
import { checkedAttestation } from "./attestation-check.ts";
import { findRule, ruleCommands } from "./claim-rule.ts";
import type { CommandQueue } from "./command-queue.ts";
import type { Journal } from "./journal.ts";
import { ownerDeed } from "./owner-deed.ts";
import type { QueueMark } from "./queue-mark.ts";

/** What claiming a unit takes. */
export type ClaimParts = {
  readonly owner: OwnerClient;
  readonly device: Device;
  readonly recipe: Recipe;
  readonly queue: CommandQueue;
  readonly mark: QueueMark;
  /** Whether a unit may be given up and claimed anew to empty its queue; at nRF Cloud its data would go with it. */
  readonly mayUnclaim: boolean;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly sha256: Sha256;
};

/** A claim under way: its parts with what it has found out. */
type Claim = ClaimParts & { readonly token: Secret; readonly rule?: OwnerRule; readonly signal: AbortSignal };

/**
 * Claims the unit with its attestation token and queues the first commands of the recipe, or takes over those of its rule.
 * The service is asked first: whether the unit can be claimed is known without a change, and a unit that is ours already (also
 * by a claim whose answer was lost) is not claimed again. Every change is announced before it is sent. Commands that earlier
 * runs of this station left in the queue are discarded, as they would run before the recipe's; anybody else's end the run.
 * @throws StationError run.token-of-other-unit, run.token-of-other-model, run.claimed-other-unit, run.store-silent,
 * provisioning.token-malformed, provisioning.attestation-refused, cloud.*, transport.*, at.*
 */
export async function claimUnit(modem: AtPort, parts: ClaimParts, signal: AbortSignal): Promise<void> {
  const { owner, device, recipe, queue, journal } = parts;
  const token = await checkedAttestation(modem, device, (note) => journal.tell(note));
  const { rule: name, tags } = recipe.claim;
  const rule = name === undefined ? undefined : await findRule(owner, name, tags, signal);
  const claim: Claim = { ...parts, token, signal, ...(rule === undefined ? {} : { rule }) };
  const found = await owner.inspect(token.reveal(), device.uuid, signal);
  if (found.kind === "ours") tellOurs(claim, found.unit.tags);
  else await take(claim);
  const left = await foreign(claim);
  queue.restart();
  if (rule !== undefined) queue.adopt(found.kind === "ours" && left.length > 0 ? left : await brought(claim, rule));
  await queue.fill(signal);
}

function tellOurs({ journal, device: { uuid }, recipe }: Claim, tags: readonly string[]): void {
  journal.tell({ type: "claim.concluded", act: "claim", uuid, result: "ours-already" });
  const missing = recipe.claim.tags.filter((tag) => !tags.includes(tag));
  if (missing.length === 0) return;
  const text = "the unit was ours already, without tags of the recipe";
  journal.tell({ type: "note", level: "warning", text, facts: { uuid, missing: missing.join(", ") } });
}

/** Claims the unit. A unit that turns out to be ours is as good. */
async function take(claim: Claim): Promise<void> {
  const { owner, device, recipe, journal, token, signal, sha256 } = claim;
  const { uuid } = device;
  const { tags, rule } = recipe.claim;
  const claimed = await ownerDeed(
    journal,
    {
      announced: {
        ...{ type: "claim.announced", act: "claim", uuid, tags, token: redact(token.reveal(), sha256) },
        ...(rule === undefined ? {} : { rule }),
      },
      work: () => owner.claim(token.reveal(), uuid, tags, signal),
      done: ({ kind }) => ({ type: "claim.concluded", act: "claim", uuid, result: kind }),
      failed: (result) => ({ type: "claim.concluded", act: "claim", uuid, result }),
    },
    signal,
  );
  if (claimed.uuid === undefined || claimed.uuid === uuid) return;
  const facts = { modem: uuid, claimed: claimed.uuid };
  throw new StationError("run.claimed-other-unit", "the service claimed another device", facts);
}

/**
 * Empties the queue of what earlier runs of this station left: one by one, or by claiming anew where that is allowed and
 * nothing else helps. Answers what waits there otherwise: commands of the recipe's rule.
 * @throws StationError cloud.queue-not-empty for anybody else's commands, before anything is discarded; cloud.leftovers
 */
async function foreign(claim: Claim): Promise<readonly CommandState[]> {
  const waiting = await waitingCommands(claim);
  const own = waiting.filter((command) => claim.mark.isOwn(command));
  const others = waiting.filter((command) => !own.includes(command));
  if (others.length > 0 && !areOf(claim.rule, others)) throw notEmpty(claim, others);
  if (own.length === 0) return others;
  await discard(claim, own);
  const left = (await waitingCommands(claim)).filter((command) => claim.mark.isOwn(command));
  if (left.length === 0) return others;
  const facts = queueFacts(claim, left);
  if (!claim.mayUnclaim)
    throw new StationError("cloud.leftovers", "commands of an earlier run cannot be discarded", facts);
  await anew(claim, facts);
  return [];
}

async function discard({ owner, device, journal, mark, signal }: Claim, own: readonly CommandState[]): Promise<void> {
  const ids = own.map(({ id }) => id);
  const gone: string[] = [];
  await ownerDeed(
    journal,
    {
      announced: { type: "queue.announced", act: "discard", first: 0, commands: ids, mark: mark.text },
      work: async () => {
        for (const id of ids) if (await discarded(owner, device.uuid, id, signal)) gone.push(id);
      },
      done: () => ({ type: "queue.concluded", act: "discard", result: "done", ids: gone }),
      failed: (result) => ({ type: "queue.concluded", act: "discard", result, ids: gone }),
    },
    signal,
  );
}

/** A service without this call refuses it; what is left in the queue then shows it. */
async function discarded(owner: OwnerClient, uuid: DeviceUuid, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await owner.discard(uuid, id, signal);
    return true;
  } catch (error) {
    if (error instanceof StationError && error.code === "cloud.refused") return false;
    throw error;
  }
}

/** Gives the unit up and claims it again: its queue goes with the claim. */
async function anew(claim: Claim, facts: Facts): Promise<void> {
  const { owner, device, journal, signal } = claim;
  const { uuid } = device;
  const text = "the unit is given up and claimed anew to empty its queue";
  journal.tell({ type: "note", level: "info", text, facts });
  await ownerDeed(
    journal,
    {
      announced: { type: "claim.announced", act: "unclaim", uuid, tags: [] },
      work: () => owner.unclaim(uuid, signal),
      done: () => ({ type: "claim.concluded", act: "unclaim", uuid, result: "unclaimed" }),
      failed: (result) => ({ type: "claim.concluded", act: "unclaim", uuid, result }),
    },
    signal,
  );
  await take(claim);
}

/** What the rule has queued for the unit. One that did its work at an earlier claim needs another. */
async function brought(claim: Claim, rule: OwnerRule): Promise<readonly CommandState[]> {
  const { owner, device, clock, signal, mayUnclaim } = claim;
  const wait = { owner, uuid: device.uuid, clock };
  try {
    return await ruleCommands(wait, rule, signal);
  } catch (error) {
    if (!mayUnclaim || !(error instanceof StationError) || error.code !== "cloud.rule-unused") throw error;
    await anew(claim, { rule: rule.name });
    return ruleCommands(wait, rule, signal);
  }
}

async function waitingCommands({ owner, device, signal }: Claim): Promise<readonly CommandState[]> {
  const commands = await owner.listCommands(device.uuid, signal);
  return commands.filter(({ state }) => state === "waiting");
}

/** Whether commands can be the rule's: as many of each kind at most, where the service tells kinds. */
function areOf(rule: OwnerRule | undefined, commands: readonly CommandState[]): boolean {
  const left = [...(rule?.kinds ?? [])];
  return commands.every(({ kind }) => {
    const at = kind === undefined ? 0 : left.indexOf(kind);
    return left.splice(at, at < 0 ? 0 : 1).length === 1;
  });
}

function notEmpty(claim: Claim, others: readonly CommandState[]): StationError {
  const description = others[0]?.description;
  const facts = { ...queueFacts(claim, others), ...(description === undefined ? {} : { description }) };
  return new StationError("cloud.queue-not-empty", "the unit's queue holds commands of somebody else", facts);
}

function queueFacts({ device: { uuid } }: Claim, commands: readonly CommandState[]): Facts {
  return { uuid, commands: quantity(commands.length, "commands"), first: commands[0]?.id ?? "" };
}
