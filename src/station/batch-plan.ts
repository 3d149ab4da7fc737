import type { BatchStart } from "../audit/audit-store.ts";
import type { Authority } from "../contract/authority.ts";
import { lineOf, type Fixture, type FixtureSlot } from "../contract/fixture.ts";
import type { Order } from "../contract/order.ts";
import type { ResolvedProfile } from "../contract/profile.ts";
import { purposeOf, type Proof } from "../contract/proof.ts";
import { recipeName, type Recipe, type ResolvedRecipe } from "../contract/recipe.ts";
import type { StartRequest } from "../contract/station-request.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { timeOrderedId, type BatchId, type RandomBytes, type RunId, type SlotId } from "../core/ids.ts";
import { isoTime } from "../core/iso-time.ts";
import type { Secret } from "../core/secret.ts";
import type { RunOrder } from "./active-run.ts";
import type { RunStarted } from "./run-recorder.ts";
import type { ValueTable } from "./files/value-table.ts";
import { portLabel } from "./port-label.ts";
import { proxiesOf, type ProxyFor } from "./service-proxies.ts";

/** The files of a station: what runs where, against which service. */
export type StationFiles = {
  readonly recipe: ResolvedRecipe;
  /** The units' own values where the recipe has some: they stay in the core. */
  readonly values?: ValueTable;
  readonly fixture: Fixture;
  readonly profile: ResolvedProfile;
  /** The profile's CAs of one's own, with whole paths; they stay in the core. */
  readonly authorities?: readonly Authority[];
  /** The fixture's slots hold simulated modems: every record says so, whatever the service is. */
  readonly simulated?: true;
  /** Which of these are copies of what was published on a line: they run only as they were signed. */
  readonly published?: { readonly recipe?: true; readonly fixture?: true };
};

/** Whether what is done with these files is training: simulated modems, or a service that is not the real one. */
export function isTraining({ profile, simulated }: Pick<StationFiles, "profile" | "simulated">): boolean {
  return profile.service === "embedded" || simulated === true;
}

/** What comes from outside the files and must never be shown. */
export type StationCredentials = {
  /** The owner's API key, read when a batch is planned; absent where recipes need none. */
  readonly ownerKey?: Secret | undefined;
  readonly proxyFor?: ProxyFor;
};

/** A batch as it is about to be recorded and run. */
export type BatchPlan = { readonly start: BatchStart; readonly orders: readonly RunOrder[] };

/** A slot that is busy, as requests see it. */
export type BusySlot = { readonly slot: SlotId; readonly boardSerial?: string };

/**
 * The slots that a request names, in the fixture's order.
 * @throws StationError station.slot-unknown, station.slot-repeated, station.slot-busy, station.serial-repeated,
 * station.serial-in-use: nothing of the request runs then
 */
export function chosenSlots(
  fixture: Fixture,
  request: StartRequest,
  busy: readonly BusySlot[],
): readonly FixtureSlot[] {
  const wanted = request.slots ?? fixture.slots.map(({ slot }) => slot);
  const known = new Set<string>(fixture.slots.map(({ slot }) => slot));
  const running = new Set<string>(busy.map(({ slot }) => slot));
  for (const [index, slot] of wanted.entries()) {
    if (!known.has(slot)) throw new StationError("station.slot-unknown", "the fixture has no such slot", { slot });
    if (wanted.indexOf(slot) !== index)
      throw new StationError("station.slot-repeated", "a slot is named twice", { slot });
    if (running.has(slot)) throw new StationError("station.slot-busy", "the slot is still running", { slot });
  }
  checkSerials(request.serials, new Set<string>(wanted), known, busy);
  return fixture.slots.filter(({ slot }) => wanted.includes(slot));
}

function checkSerials(
  serials: StartRequest["serials"],
  wanted: ReadonlySet<string>,
  known: ReadonlySet<string>,
  busy: readonly BusySlot[],
): void {
  const seen = new Map<string, string>();
  for (const [slot, serial] of Object.entries(serials)) {
    if (!known.has(slot))
      throw new StationError("station.slot-unknown", "a serial is for a slot that is not there", { slot });
    if (!wanted.has(slot)) continue;
    const other = seen.get(serial);
    if (other !== undefined)
      throw new StationError("station.serial-repeated", "two slots have the same board serial", {
        slot,
        otherSlot: other,
        serial,
      });
    seen.set(serial, slot);
    const holder = busy.find(({ boardSerial }) => boardSerial === serial);
    if (holder !== undefined)
      throw new StationError("station.serial-in-use", "the board serial runs in another slot", {
        slot,
        otherSlot: holder.slot,
        serial,
      });
  }
}

/** What a plan is made of. */
export type PlanParts = {
  readonly files: StationFiles;
  readonly credentials: StationCredentials;
  /** Identity of the station. */
  readonly station: string;
  /** Only read and compare; absent: provision. */
  readonly proof?: Proof;
  readonly clock: Clock;
  readonly random: RandomBytes;
};

/** Gives the batch and its runs their ids, freezes what they are to do, and makes the first event of each run. */
export function planBatch(parts: PlanParts, slots: readonly FixtureSlot[], request: StartRequest): BatchPlan {
  const { files, clock, random, proof } = parts;
  const at = isoTime(clock.now());
  const newId = (): string => timeOrderedId(clock.now(), random);
  const batch = newId() as BatchId;
  const common = {
    ...{ recipe: recipeName(files.recipe.recipe), recipeSha256: files.recipe.sha256 },
    ...(request.operator === undefined ? {} : { operator: request.operator }),
    training: isTraining(files),
  };
  const purpose = purposeIn(files.recipe.recipe, proof);
  const orders = slots.map((slot): RunOrder => {
    const boardSerial = serialOf(request, slot.slot);
    const started = {
      ...({ type: "run.started", runId: newId() as RunId, slot: slot.slot, seq: 0, at } as const),
      ...{ link: portLabel(slot.port), again: request.again, ...common, ...purpose, ...boardSerial },
    };
    return { batch, started, order: orderOf(parts, slot, request, started.runId) };
  });
  const runs = orders.map(({ started }) => started);
  const start = { batch, at, fixture: files.fixture.name, recipeText: files.recipe.frozenText, runs, ...common };
  return { start, orders };
}

function orderOf(parts: PlanParts, slot: FixtureSlot, request: StartRequest, runId: RunId): Order {
  const { files, credentials, proof } = parts;
  const { fixture, profile, recipe } = files;
  const ownerKey = proof === undefined ? credentials.ownerKey : undefined;
  return {
    ...{ runId, slot: slot.slot, station: parts.station, port: slot.port, line: lineOf(fixture, slot) },
    ...{ settings: fixture.settings, release: fixture.release, recipe, profile },
    ...(ownerKey === undefined ? {} : { ownerKey: ownerKey.reveal() }),
    ...(credentials.proxyFor === undefined ? {} : proxiesOf(profile, credentials.proxyFor)),
    ...serialOf(request, slot.slot),
    ...(request.operator === undefined ? {} : { operator: request.operator }),
    ...(proof === undefined ? {} : { proof }),
  };
}

/** What the runs are for, as their first events tell it: nothing where they provision. */
function purposeIn({ claim }: Recipe, proof: Proof | undefined): Pick<RunStarted, "purpose"> {
  const purpose = proof === undefined && claim.by === "later" ? "gather" : purposeOf(proof);
  return purpose === "provision" ? {} : { purpose };
}

function serialOf(request: StartRequest, slot: SlotId): { readonly boardSerial?: string } {
  const serial = Object.hasOwn(request.serials, slot) ? request.serials[slot] : undefined;
  return serial === undefined ? {} : { boardSerial: serial };
}
