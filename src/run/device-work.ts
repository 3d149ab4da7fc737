import type { ResolvedRecipe } from "../contract/recipe.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import type { Clock } from "../core/clock.ts";
import type { Sha256 } from "../core/digest.ts";
import { seconds, type Duration } from "../core/duration.ts";
import type { StationError } from "../core/error.ts";
import type { DeviceUuid } from "../core/ids.ts";
import { QUEUE_LIMIT } from "../cloud/owner-command.ts";
import type { CommandQueue } from "./command-queue.ts";
import { DeviceSession, type DeviceTools } from "./device-session.ts";
import type { DeviceFirmware } from "./device-report.ts";
import { heldByRecipe } from "./held-by-recipe.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { OwnerResults } from "./owner-results.ts";

/** What the work of a board takes; queue and results are absent where the unit was claimed elsewhere. */
export type DeviceWorkParts = {
  readonly by: DeviceFirmware;
  /** How long all sessions of one attempt may take together. */
  readonly limit: Duration;
  readonly clock: Clock;
  readonly journal: Journal;
  /** How many commands the recipe has. */
  readonly commands: number;
  readonly sha256: Sha256;
  readonly owner?: { readonly queue: CommandQueue; readonly results: OwnerResults };
};

/** A recipe's way of provisioning by the board itself; `limit` in seconds. */
export type BoardProvision = { readonly by: DeviceFirmware; readonly limit: number };

/** What of a run the work of its board takes. */
type RunParts = Pick<DeviceWorkParts, "clock" | "journal" | "sha256"> & {
  readonly order: { readonly recipe: ResolvedRecipe };
};

/** The work of a run's board; `queue` is absent where the unit was claimed elsewhere. */
export function deviceWork(
  { order, clock, journal, sha256 }: RunParts,
  { by, limit }: BoardProvision,
  uuid: DeviceUuid,
  queue: CommandQueue | undefined,
): DeviceWork {
  const commands = order.recipe.recipe.commands.length;
  const parts = { by, limit: seconds(limit), clock, journal, commands, sha256 };
  if (queue === undefined) return new DeviceWork(parts);
  const tell = (body: RunEventBody): void => void journal.tell(body);
  return new DeviceWork({
    ...parts,
    owner: { queue, results: new OwnerResults({ queue, uuid, total: commands, sha256, tell }) },
  });
}

/**
 * The provision phase of a board that provisions itself: as many sessions as the recipe's commands have portions, each judged
 * by the owner's results, as the station sees none of the commands itself.
 */
export class DeviceWork {
  readonly #parts: DeviceWorkParts;
  readonly #session: DeviceSession;
  #sessions = 0;

  constructor(parts: DeviceWorkParts) {
    this.#parts = parts;
    this.#session = new DeviceSession({ by: parts.by, clock: parts.clock, journal: parts.journal });
  }

  /** Whether another attempt does no harm: the last session ended before the board can have carried out anything. */
  get lastWasIdle(): boolean {
    return this.#session.lastWasIdle;
  }

  /**
   * What the unit must hold: by the recipe alone, with the digests of keys that the service shows. The board stores the
   * recipe's settings itself, the newest value of each key.
   * @param recipe with the certificates that were made in the run
   */
  holds(recipe: ResolvedRecipe): Pick<Ledger, "held" | "settings"> {
    const { sha256, owner } = this.#parts;
    const held = heldByRecipe(recipe, sha256).map((one) => {
      const isKey = one.otherForm === true && one.sha256 === undefined;
      const key = isKey ? owner?.results.keys.get(one.secTag) : undefined;
      return key === undefined ? one : { ...one, sha256: key };
    });
    const configs = recipe.recipe.commands.flatMap((command) => (command.kind === "config" ? [command.options] : []));
    return { held, settings: new Map(configs.flatMap((options) => Object.entries(options))) };
  }

  /**
   * Sessions until everything that the recipe orders was carried out.
   * @throws StationError as {@link DeviceSession.run} and {@link OwnerResults.settle}; cloud.*, transport.* of the queue
   */
  async perform(tools: DeviceTools): Promise<void> {
    const { clock, limit, owner } = this.#parts;
    const until = clock.monotonic() + limit;
    for (;;) {
      await this.#oneSession(tools, until);
      if (owner === undefined) return;
      await owner.results.settle(tools.signal);
      if (owner.queue.isDone) return;
      await owner.queue.fill(tools.signal);
    }
  }

  async #oneSession(tools: DeviceTools, until: number): Promise<void> {
    const { owner, commands } = this.#parts;
    const ordinal = this.#sessions + (owner?.results.told ?? 0) + 1;
    const total = Math.max(ordinal, commands + Math.max(1, Math.ceil(commands / QUEUE_LIMIT)));
    try {
      await this.#session.run(tools, { number: ++this.#sessions, ordinal, total, until });
    } catch (error) {
      if (!tools.signal.aborted && !this.#session.lastWasIdle) await owner?.results.glance(tools.signal);
      throw error;
    }
  }
}

/** Failures of a board that may be gone when it tries again at once. */
const PASSING: readonly string[] = ["device.failed", "device.no-time", "device.start-refused"];

/** Whether an error of a board may be gone the next time; nRF Cloud may take a moment to know a unit that was just claimed. */
export function mayPass({ code }: StationError, service: "embedded" | "nrf-cloud"): boolean {
  if (!code.startsWith("device.")) return true;
  return PASSING.includes(code) || (code === "device.not-claimed" && service === "nrf-cloud");
}
