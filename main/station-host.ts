import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { HistoryClient } from "../src/audit/history-thread.ts";
import { openAuditStore, type OpenedAudit } from "../src/audit/open-audit-store.ts";
import type { TrainingFacts } from "../src/contract/desktop-snapshot.ts";
import type { Clock } from "../src/core/clock.ts";
import { Secret } from "../src/core/secret.ts";
import type { StationCredentials, StationFiles } from "../src/station/batch-plan.ts";
import { loadFixture } from "../src/station/files/fixture-file.ts";
import { loadProfile, resolveProfile } from "../src/station/files/profile-file.ts";
import { loadRecipe } from "../src/station/files/recipe-file.ts";
import { Station } from "../src/station/station.ts";
import type { WorkerHost } from "../src/station/worker-host.ts";
import type { Options } from "./options.ts";
import { BUNDLED, dataPlaces } from "./places.ts";
import { startTrainingService, startTrainingTray } from "./training/training.ts";

/** What a station is opened with. */
export type HostParts = {
  readonly options: Options;
  /** Folder of everything that the station keeps. */
  readonly data: string;
  /** Folder of the files that come with the application. */
  readonly resources: string;
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly workers: WorkerHost;
  readonly clock: Clock;
};

/** An open station with everything around it. */
export type HostedStation = {
  readonly station: Station;
  readonly audit: OpenedAudit;
  readonly history: HistoryClient;
  readonly files: StationFiles;
  /** Path of the audit database. */
  readonly record: string;
  readonly training?: { readonly facts: TrainingFacts; readonly renew: () => Promise<void> };
  /** Releases the modems, records the ends, checkpoints the record, ends every helper. Harmless when repeated. */
  close(): Promise<void>;
};

type Teardown = () => Promise<unknown>;

/**
 * Opens the station: record, helpers of the training mode, files, workers.
 * @throws StationError of whatever cannot be opened; what was opened before it is closed again
 */
export async function hostStation(parts: HostParts): Promise<HostedStation> {
  const opened: Teardown[] = [];
  const closing: { done?: Promise<void> } = {};
  const close = (): Promise<void> => (closing.done ??= closeAll(opened));
  try {
    return { ...(await open(parts, opened)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(parts: HostParts, opened: Teardown[]): Promise<Omit<HostedStation, "close">> {
  const { data, version, clock, workers } = parts;
  await mkdir(data, { recursive: true });
  const { record } = dataPlaces(data);
  const audit = await openAuditStore({ file: record, clock, random: randomBytes, version, program: "station" });
  opened.push(() => audit.store.close());
  const { files, credentials, training } = await openFiles(parts, opened);
  const history = new HistoryClient({ file: record, entry: BUNDLED.historyThread });
  opened.push(() => history.close());
  const { store, recovered } = audit;
  const station = Station.open({ files, store, host: workers, clock, random: randomBytes, credentials, recovered });
  opened.push(() => station.close());
  return { station, audit, history, files, record, ...(training === undefined ? {} : { training }) };
}

type OpenedFiles = Pick<HostedStation, "files" | "training"> & { readonly credentials: StationCredentials };

async function openFiles(parts: HostParts, opened: Teardown[]): Promise<OpenedFiles> {
  const { options, resources, environment, clock } = parts;
  const training = join(resources, "recipes", "training", "recipe.yaml");
  const recipe = await loadRecipe(options.recipe ?? training, environment);
  const { profile, credentials } = await openProfile(parts, opened);
  if (options.fixture !== undefined)
    return { files: { recipe, profile, fixture: await loadFixture(options.fixture) }, credentials };
  const tray = await startTrainingTray(BUNDLED.simulators, options, clock);
  opened.push(() => tray.stop());
  const { units: modems, latency, faults } = options;
  const facts = { modems, latency, faults: [...faults] };
  return {
    files: { recipe, profile, fixture: tray.fixture },
    credentials,
    training: { facts, renew: () => tray.renew() },
  };
}

async function openProfile(
  { options, data, environment, clock }: HostParts,
  opened: Teardown[],
): Promise<{ readonly profile: StationFiles["profile"]; readonly credentials: StationCredentials }> {
  if (options.profile !== undefined) {
    const profile = await loadProfile(options.profile);
    const variable = profile.owner?.keyEnv;
    const key = variable === undefined ? undefined : environment[variable];
    return { profile, credentials: key === undefined || key === "" ? {} : { ownerKey: new Secret(key) } };
  }
  const { service: dir } = dataPlaces(data);
  const service = await startTrainingService(BUNDLED.service, dir, clock);
  opened.push(() => service.stop());
  return { profile: await resolveProfile(service.profile, dir), credentials: { ownerKey: service.ownerKey } };
}

/** In the opposite order of opening; one that fails does not keep the others open. */
async function closeAll(opened: readonly Teardown[]): Promise<void> {
  for (const teardown of opened.toReversed()) await teardown().catch(() => undefined);
}
