import type { Device } from "../contract/common.ts";
import type { Order } from "../contract/order.ts";
import type { OwnerApi } from "../cloud/owner-api.ts";
import { OwnerClient } from "../cloud/owner-client.ts";
import { ownerCommands } from "../cloud/owner-command.ts";
import type { Clock } from "../core/clock.ts";
import { redact, type Sha256 } from "../core/digest.ts";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { AskCore } from "./ask-core.ts";
import { checkedAttestation } from "./attestation-check.ts";
import type { CertificateRound } from "./certificate-round.ts";
import { claimUnit } from "./claim-phase.ts";
import { CommandQueue } from "./command-queue.ts";
import type { Journal } from "./journal.ts";
import { QueueMark } from "./queue-mark.ts";

/** What the claim phase takes of its run. */
export type ClaimStepParts = {
  readonly order: Pick<Order, "recipe" | "profile" | "station">;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly sha256: Sha256;
  /** The owner's API; needed where the recipe is claimed by the station. */
  readonly owner?: OwnerApi;
  readonly ask: AskCore;
  /** Signs what the unit asks for between two portions of the queue. */
  readonly certificates?: CertificateRound;
};

/** How long one request to the owner's API may take. */
const OWNER_LIMIT: Duration = seconds(60);

/**
 * One attempt of the claim phase: the unit is claimed and its first commands are queued.
 * @throws StationError run.owner-missing; as {@link claimUnit}
 */
export async function claimStep(
  { order, clock, journal, sha256, owner: api, certificates }: ClaimStepParts,
  device: Device,
  modem: AtPort,
  signal: AbortSignal,
): Promise<CommandQueue> {
  if (api === undefined) throw new StationError("run.owner-missing", "the profile names no owner API");
  const owner = new OwnerClient({ api, clock, limit: OWNER_LIMIT, spread: spreadOf(journal) });
  const mark = new QueueMark(order.station, journal.runId);
  const { uuid } = device;
  const queue = new CommandQueue({
    ...{ owner, uuid, commands: ownerCommands(order.recipe), mark, clock, journal },
    ...(certificates && { complete: (command, inQueue, stop) => certificates.complete(command, inQueue, uuid, stop) }),
  });
  const { recipe } = order.recipe;
  const mayUnclaim = order.profile.service === "embedded";
  await claimUnit(modem, { owner, device, recipe, queue, mark, mayUnclaim, journal, clock, sha256 }, signal);
  return queue;
}

/**
 * One attempt of the claim phase where the unit is claimed later on: its attestation token goes to the core, which has it on the
 * disk before it answers.
 * @throws StationError as {@link checkedAttestation}; run.answer-silent; station.* when the token cannot be kept
 */
export async function gatherStep(
  { journal, sha256, ask }: ClaimStepParts,
  { uuid, imei, model }: Device,
  modem: AtPort,
  signal: AbortSignal,
): Promise<void> {
  const device = { uuid, imei, ...(model === undefined ? {} : { model }) };
  const token = await checkedAttestation(modem, device, (note) => journal.tell(note));
  await ask({ kind: "keep-token", uuid, imei, token: token.reveal() }, signal);
  journal.tell({ type: "token.kept", uuid, token: redact(token.reveal(), sha256) });
}

/** A number from 0 to 1 that is another for each run: the random end of its id. */
function spreadOf({ runId }: Pick<Journal, "runId">): number {
  return parseInt(runId.slice(-6), 16) / 0xff_ffff;
}
