import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStation, type Ended, type StartOptions, type StationProcess } from "../../cli/station-process.ts";
import { askModem } from "./ask-modem.ts";
import { isListening, processesOf, SEES_PROCESSES } from "./left-behind.ts";
import { until } from "./until.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const RECIPE = join(ROOT, "resources", "recipes", "training", "recipe.yaml");

/** A simulated unit of the line. */
export type Unit = { readonly slot: string; readonly link: string };

/** What the embedded service said when it was ready. */
type Service = {
  readonly httpsPort: number;
  readonly ownerPort: number;
  readonly ca: string;
  readonly ownerKey: string;
};

/** A `station run` under way. */
export type Station = StationProcess & {
  readonly audit: string;
  /** Its `TMPDIR`: marks every process that it started. */
  readonly marker: string;
};

/** How a station is started on the line. */
export type RunOptions = StartOptions & {
  readonly slots?: readonly string[];
  /** Path of the database, or its name in the line's folder; default: one of its own. */
  readonly audit?: string;
  readonly fixture?: string;
  readonly profile?: string;
  readonly more?: readonly string[];
};

/** A line of simulated modems and an embedded service, each a process, for stations to be started on. */
export class FaultLine {
  readonly dir = mkdtempSync(join(tmpdir(), "station-faults-"));
  readonly #started: StationProcess[] = [];
  readonly #markers: string[] = [];
  #units: readonly Unit[] = [];
  #service: Service | undefined;
  #serviceProcess: StationProcess | undefined;

  /** Starts modems with faults as `station simulate` takes them, and the service unless it is to be absent. */
  static async start(units: number, faults: readonly string[] = []): Promise<FaultLine> {
    // A worker is bundled when it can be: one that is older than the source would be tested instead of it.
    execFileSync(process.execPath, [join(ROOT, "scripts", "build.ts"), "--if-stale"], { stdio: "ignore" });
    const line = new FaultLine();
    await Promise.all([line.#startModems(units, faults), line.startService()]);
    return line;
  }

  get units(): readonly Unit[] {
    return this.#units;
  }

  unit(slot: string): Unit {
    const found = this.#units.find((unit) => unit.slot === slot);
    if (found === undefined) throw new RangeError(`there is no slot ${slot}`);
    return found;
  }

  /** A path in the line's folder. */
  path(name: string): string {
    return join(this.dir, name);
  }

  /** Starts the service, or starts it again where it was: same folder, same ports. */
  async startService(): Promise<void> {
    const { httpsPort = 0, ownerPort = 0 } = this.#service ?? {};
    const args = ["service", "--dir", this.path("service"), "--json"];
    const started = this.#start([...args, "--https", String(httpsPort), "--owner", String(ownerPort)], "service");
    this.#serviceProcess = started;
    this.#service = JSON.parse(await started.firstLine) as Service;
    this.writeProfile("profile.json", this.#service);
  }

  /** Ends the service and waits until it is gone. */
  async endService(signal: NodeJS.Signals): Promise<Ended> {
    if (this.#serviceProcess === undefined) throw new RangeError("there is no service");
    this.#serviceProcess.kill(signal);
    return this.#serviceProcess.ended;
  }

  get service(): Service {
    if (this.#service === undefined) throw new RangeError("there is no service");
    return this.#service;
  }

  /** Writes a profile that names the service at these ports; answers its path. */
  writeProfile(name: string, { httpsPort, ownerPort }: Pick<Service, "httpsPort" | "ownerPort">): string {
    const { ca } = this.service;
    const profile = {
      ...{ profile: 1, name: "Line under test", service: "embedded", transport: "https" },
      https: { host: "127.0.0.1", port: httpsPort, ca },
      owner: { base: `https://127.0.0.1:${ownerPort}/v1`, ca, keyEnv: "STATION_OWNER_KEY" },
    };
    writeFileSync(this.path(name), JSON.stringify(profile));
    return this.path(name);
  }

  /** Writes a fixture with these units, changed as told; answers its path. */
  writeFixture(
    name: string,
    slots: readonly { readonly slot: string; readonly port: object }[],
    more: object = {},
  ): string {
    const fixture = {
      ...{ fixture: 1, name: "Line under test", rows: 1, columns: slots.length },
      line: { flowControl: "none" },
      ...more,
      slots: slots.map((slot, index) => ({ ...slot, row: 1, column: index + 1 })),
    };
    writeFileSync(this.path(name), JSON.stringify(fixture));
    return this.path(name);
  }

  /** Starts `station run` on the line. */
  run({ slots, audit, fixture, profile, more = [], ...start }: RunOptions = {}): Station {
    const name = `station-${this.#markers.length}`;
    const file = audit === undefined ? this.path(`${name}.db`) : audit.startsWith("/") ? audit : this.path(audit);
    const args = [
      ...["run", "--recipe", RECIPE, "--fixture", fixture ?? this.path("fixture.json")],
      ...["--profile", profile ?? this.path("profile.json"), "--audit", file, "--json"],
      ...(slots === undefined ? [] : ["--slots", slots.join(",")]),
      ...more,
    ];
    const started = this.#start(args, name, start);
    return { ...started, audit: file, marker: this.path(name) };
  }

  /** Starts any `station` command; `name` is that of its folder for temporary files, its marker. */
  start(args: readonly string[], name: string, start: StartOptions = {}): Station {
    return { ...this.#start(args, name, start), audit: "", marker: this.path(name) };
  }

  /** Waits until nothing is left of a station that has ended: no worker, no helper. */
  async untilGone({ marker }: Station, limit?: number): Promise<void> {
    if (SEES_PROCESSES) await until(`the end of all of ${marker}`, () => processesOf(marker).length === 0, limit);
  }

  /** What a modem says about its mode and its error reports; as it was found: mode 1, reports 0. */
  async stateOf(slot: string): Promise<string> {
    const said = await askModem(this.unit(slot).link, ["AT+CFUN?", "AT+CMEE?"]);
    return [...said.matchAll(/^\+(CFUN|CMEE): (\d+)/gm)].map(([, name, value]) => `${name} ${value}`).join(", ");
  }

  /** Ends everything that was started. @throws Error that names processes and ports that are left: there must be none */
  async stop(): Promise<void> {
    for (const started of this.#started) started.kill("SIGTERM");
    await Promise.all(this.#started.map(({ ended }) => ended));
    const left = SEES_PROCESSES ? this.#markers.flatMap((marker) => processesOf(marker)) : [];
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    const ports = [...this.#units.map(({ link }) => Number(new URL(link).port)), ...this.#servicePorts()];
    const held = await Promise.all(ports.map(async (port) => ((await isListening(port)) ? [`port ${port}`] : [])));
    rmSync(this.dir, { recursive: true, force: true });
    const all = [...left.map(({ command }) => command.join(" ")), ...held.flat()];
    if (all.length > 0) throw new Error(`left behind: ${all.join("; ")}`);
  }

  #servicePorts(): readonly number[] {
    return this.#service === undefined ? [] : [this.#service.httpsPort, this.#service.ownerPort];
  }

  async #startModems(units: number, faults: readonly string[]): Promise<void> {
    const args = ["simulate", "--json", "--units", String(units), "--port", "0", "--seed", this.dir];
    const started = this.#start([...args, ...faults.flatMap((fault) => ["--fault", fault])], "modems");
    const ready = JSON.parse(await started.firstLine) as { readonly units: readonly Unit[] };
    this.#units = ready.units;
    const slots = ready.units.map(({ slot, link }) => ({ slot, port: { tcp: new URL(link).host } }));
    this.writeFixture("fixture.json", slots);
  }

  #start(args: readonly string[], name: string, start: StartOptions = {}): StationProcess {
    const marker = this.path(name);
    mkdirSync(marker, { recursive: true });
    this.#markers.push(marker);
    const key = this.#service === undefined ? {} : { STATION_OWNER_KEY: this.#service.ownerKey };
    const started = startStation(args, { TMPDIR: marker, ...key }, start);
    this.#started.push(started);
    return started;
  }
}
