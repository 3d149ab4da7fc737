import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { HistoryClient } from "../src/audit/history-thread.ts";
import { openAuditStore, type OpenedAudit } from "../src/audit/open-audit-store.ts";
import type { AuditStore, RecoveredRun } from "../src/audit/audit-store.ts";
import type { LineState } from "../src/contract/desktop-line.ts";
import type { ResolvedProfile, Transport } from "../src/contract/profile.ts";
import type { Clock } from "../src/core/clock.ts";
import { isTraining, type StationCredentials, type StationFiles } from "../src/station/batch-plan.ts";
import { certificateDesks } from "../src/station/certificate-desk.ts";
import { passphrasesIn } from "../src/station/certificate-issuer.ts";
import { resolveProfile } from "../src/station/files/profile-file.ts";
import { Library } from "../src/station/library/library.ts";
import type { GoldenRule } from "../src/station/golden-unit.ts";
import type { RunDesks } from "../src/station/run-desk.ts";
import { Station } from "../src/station/station.ts";
import { TOKEN_FILE_NAME, tokenDesk, TokenFile } from "../src/station/token-file.ts";
import type { WorkerHost } from "../src/station/worker-host.ts";
import { environmentProxy } from "../src/transport/https/proxy-address.ts";
import { bornDocuments } from "./line/born-documents.ts";
import { ConfigurationFile } from "./line/configuration-file.ts";
import { Configurator } from "./line/configurator.ts";
import { loadDocuments } from "./line/line-documents.ts";
import { StationLine, type LineParts } from "./line/station-line.ts";
import type { Options } from "./options.ts";
import { BUNDLED, dataPlaces } from "./places.ts";
import type { OwnerKeys } from "./service/owner-keys.ts";
import type { LineChoiceFile } from "./shared-line/line-choice-file.ts";
import type { LineSecrets } from "./shared-line/line-secrets.ts";
import { openSharedLine, type SharedLine } from "./shared-line/shared-line.ts";
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
  /** The owner's API keys. */
  readonly keys: OwnerKeys;
  /** Which line the station shares with others, and the secrets of it. */
  readonly lineChoice: LineChoiceFile;
  readonly lineSecrets: LineSecrets;
  /** How often the golden unit must be checked before production; undefined: never. */
  readonly golden?: () => GoldenRule | undefined;
  /** Told what changes about the line that the station shares with others. */
  readonly onLine?: (state: LineState) => void;
  readonly clock: Clock;
};

/** An open station with everything around it: the record lives as long as the application, what is on the line can be exchanged. */
export type HostedStation = {
  readonly line: StationLine;
  readonly library: Library;
  readonly configurator: Configurator;
  readonly keys: OwnerKeys;
  readonly lineChoice: LineChoiceFile;
  readonly lineSecrets: LineSecrets;
  /** The line that the station shares with others. */
  readonly sharedLine: SharedLine;
  readonly audit: OpenedAudit;
  readonly history: HistoryClient;
  /** Path of the audit database. */
  readonly record: string;
  /** Releases the modems, records the ends, checkpoints the record, ends every helper. Harmless when repeated. */
  close(): Promise<void>;
};

type Teardown = () => Promise<unknown>;

/**
 * Opens the station: record, library, helpers of the training mode, workers.
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
  const { data, version, clock, options } = parts;
  await mkdir(data, { recursive: true });
  const { record, configuration } = dataPlaces(data);
  const history = new HistoryClient({ file: record, entry: BUNDLED.historyThread });
  const checkpoint = (): Promise<number> => history.checkpoint();
  const common = { file: record, clock, random: randomBytes, version };
  const { start } = parts.lineChoice;
  const joining = start === undefined ? {} : { line: start };
  const audit = await openAuditStore({ ...common, ...joining, program: "station", checkpoint });
  opened.push(() => audit.store.close());
  opened.push(() => history.close());
  const configurator = new Configurator(new ConfigurationFile(configuration), options);
  const sharedLine = await openLine(parts, audit.store);
  opened.push(() => sharedLine.close());
  const library = await openLibrary(parts, history, configurator, { ...sharedLine, store: audit.store });
  const lineParts = linePartsOf(parts, audit, library, sharedLine);
  const line = await configurator.open((choice) => StationLine.open(lineParts, choice));
  opened.push(() => line.close());
  const { keys, lineChoice, lineSecrets } = parts;
  return { line, library, configurator, keys, lineChoice, lineSecrets, sharedLine, audit, history, record };
}

/** The line that the station shares with others; all of it is loaded only where there is one. */
function openLine(parts: HostParts, store: AuditStore): Promise<SharedLine> {
  const { lineChoice, lineSecrets: secrets, environment, clock, onLine: tell = () => undefined } = parts;
  return openSharedLine(lineChoice.file, async (file) => {
    const { runLine } = await import("./on-line/run-line.ts");
    const { copies } = dataPlaces(parts.data);
    return runLine(file, { store, secrets, copies, environment, clock, tell, lastSeen: () => lineChoice.lastSeen });
  });
}

async function openLibrary(
  { data, resources, environment }: HostParts,
  history: HistoryClient,
  configurator: Configurator,
  { store, documents }: Pick<SharedLine, "documents"> & { readonly store: Pick<AuditStore, "usedRows"> },
): Promise<Library> {
  return new Library({
    line: () => documents,
    ...{ own: data, builtIn: resources, environment },
    born: await bornDocuments(resources, () => configurator.answer().training.modems),
    inUse: (kind, id) => configurator.inUse(kind, id),
    recorded: (name) => history.recipeContents(name),
    usedRows: (source) => store.usedRows(source).map(({ row }) => row),
  });
}

function linePartsOf(
  parts: HostParts,
  { store, recovered }: OpenedAudit,
  library: Library,
  { interlock, guard: documents }: SharedLine,
): LineParts {
  const { options, data, environment, clock, workers: host, golden, keys } = parts;
  const { faults } = options;
  // What a power cut interrupted is shown by the first line only.
  const left: { runs: readonly RecoveredRun[] } = { runs: recovered };
  return {
    load: (choice) => loadDocuments(choice, library, environment),
    startTray: (numbers) => startTrainingTray(BUNDLED.simulators, numbers, faults, clock),
    startService: () => startService(dataPlaces(data).service, clock),
    credentials: ({ profile: chosen }, profile) => credentialsOf(keys, "id" in chosen ? chosen.id : "", profile),
    openStation: (files, credentials, shown) => {
      const common = { files, store, host, clock, random: randomBytes, credentials };
      const station = {
        ...common,
        ...(golden === undefined ? {} : { golden }),
        ...(interlock === undefined ? {} : { interlock }),
        ...(documents === undefined ? {} : { documents }),
        ...{ recovered: left.runs, shown, desks: desksOf(files, parts, store) },
      };
      left.runs = [];
      return Station.open(station);
    },
    faults,
  };
}

/** What runs may ask of the station. Tokens of simulated modems have a file of their own. */
function desksOf(files: StationFiles, parts: HostParts, store: AuditStore): RunDesks {
  const { data, clock, environment } = parts;
  const places = dataPlaces(data);
  const folder = isTraining(files) ? places.service : data;
  const signing = { authorities: files.authorities ?? [], passphraseOf: passphrasesIn(environment) };
  return {
    "keep-token": tokenDesk(new TokenFile(join(folder, TOKEN_FILE_NAME), clock)),
    ...certificateDesks({ signing, recipe: files.recipe.recipe, store, clock, random: randomBytes }),
  };
}

async function startService(folder: string, clock: Clock) {
  const service = await startTrainingService(BUNDLED.service, folder, clock);
  const profileOver = async (transport: Transport) => resolveProfile(await service.profileOver(transport), folder);
  return { ...service, profileOver };
}

/** The key for the owner's side of a service, as it is when a batch is planned, and the proxies on the way. */
async function credentialsOf(keys: OwnerKeys, id: string, profile: ResolvedProfile): Promise<StationCredentials> {
  await keys.find(id, profile);
  return {
    get ownerKey() {
      return keys.known(id);
    },
    proxyFor: environmentProxy,
  };
}

/** In the opposite order of opening; one that fails does not keep the others open. */
async function closeAll(opened: readonly Teardown[]): Promise<void> {
  for (const teardown of opened.toReversed()) await teardown().catch(() => undefined);
}
