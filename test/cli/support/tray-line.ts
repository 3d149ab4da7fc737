import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastJson, startStation, station, type Ended, type StationProcess } from "../station-process.ts";

const BUILD = join(import.meta.dirname, "../../../scripts/build.ts");
export const RESOURCES = join(import.meta.dirname, "../../../resources");
export const TRAINING = join(RESOURCES, "recipes/training/recipe.yaml");

/** For specs that start many processes: a busy machine may take its time. */
export const PATIENCE = { testTimeout: 120_000, hookTimeout: 120_000 } as const;

/** The line of readiness of `station service --json`. */
export type ServiceReady = {
  readonly ready: true;
  readonly https: string;
  readonly owner: string;
  readonly ca: string;
  readonly ownerKey: string;
  readonly httpsPort: number;
  readonly ownerPort: number;
  /** With `--coaps`. */
  readonly coapsPort?: number;
};

/** The line of readiness of `station simulate --json`. */
export type SimulateReady = {
  readonly ready: true;
  readonly units: readonly {
    readonly slot: string;
    readonly link: string;
    readonly uuid: string;
    readonly imei: string;
  }[];
};

/** The object of `station run --json` and `station demo --json`. */
export type TrayObject = {
  readonly batch: string;
  readonly units: number;
  readonly pass: number;
  readonly fail: number;
  readonly error: number;
  readonly aborted: number;
  readonly seconds: number;
  readonly audit: string;
  readonly export: string | null;
  readonly ca: string | null;
  readonly service: string | null;
};

/** A folder of its own for a spec, removed with what is in it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "station-cli-"));
}

/** How a port is reached, as a fixture writes it. */
export type PortOf = (slot: number, tcp: string) => Readonly<Record<string, string>>;

/** `station service` and `station simulate` as processes, with the profile and fixture that a person writes for them. */
export class TrayLine {
  readonly folder: string;
  readonly service: ServiceReady;
  readonly modems: SimulateReady;
  readonly #processes: readonly StationProcess[];

  private constructor(
    folder: string,
    service: ServiceReady,
    modems: SimulateReady,
    processes: readonly StationProcess[],
  ) {
    this.folder = folder;
    this.service = service;
    this.modems = modems;
    this.#processes = processes;
  }

  /** Starts both; `simulate` and `serve` hold further options of the simulators, whose log is `modems.log`, and the service. */
  static async start(
    units: number,
    simulate: readonly string[] = [],
    serve: readonly string[] = [],
  ): Promise<TrayLine> {
    execFileSync(process.execPath, [BUILD, "--if-stale"]);
    const folder = temporaryFolder();
    const dir = join(folder, "service");
    const service = startStation(["service", "--dir", dir, "--https", "0", "--owner", "0", "--json", ...serve]);
    const modems = startStation([
      ...["simulate", "--units", String(units), "--log", join(folder, "modems.log"), "--json"],
      ...simulate,
    ]);
    const lines = await Promise.all([service.firstLine, modems.firstLine]);
    const [served, simulated] = lines.map((text): unknown => JSON.parse(text)) as [ServiceReady, SimulateReady];
    const line = new TrayLine(folder, served, simulated, [service, modems]);
    line.write("profile.yaml", line.profileText());
    line.write("fixture.yaml", line.fixtureText());
    return line;
  }

  /** Ends both with SIGTERM and answers how they ended: the service first. */
  async stop(): Promise<readonly Ended[]> {
    for (const process of this.#processes) process.kill("SIGTERM");
    const ended = await Promise.all(this.#processes.map((process) => process.ended));
    rmSync(this.folder, { recursive: true, force: true });
    return ended;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  profileText(httpsPort: number = this.service.httpsPort): string {
    return [
      "profile: 1",
      "name: Service of this spec",
      "service: embedded",
      "transport: https",
      `https: { host: localhost, port: ${httpsPort}, ca: service/ca.pem }`,
      `owner: { base: "https://localhost:${this.service.ownerPort}/v1", ca: service/ca.pem, keyEnv: SPEC_OWNER_KEY }`,
      "",
    ].join("\n");
  }

  /** A profile for the way over CoAP; the service must have been started with `--coaps`. */
  coapsProfileText(): string {
    return [
      this.profileText().replace("transport: https", "transport: coaps").trimEnd(),
      `coaps: { host: localhost, port: ${this.service.coapsPort ?? 0}, ca: service/ca.pem }`,
      "",
    ].join("\n");
  }

  /** A fixture with a row of slots named 1, 2 …; ports by tcp where nothing else is said. */
  fixtureText(port: PortOf = (_slot, tcp) => ({ tcp })): string {
    const slots = this.modems.units.map(({ slot, link }) => {
      const at = JSON.stringify(port(Number(slot), link.replace("tcp://", "")));
      return `  - { slot: "${slot}", row: 1, column: ${slot}, port: ${at} }`;
    });
    const columns = this.modems.units.length;
    const head = ["fixture: 1", "name: Tray of this spec", "rows: 1", `columns: ${columns}`];
    return [...head, "line: { flowControl: none, mode: auto }", "slots:", ...slots, ""].join("\n");
  }

  /** The arguments of `station run` on this line; `more` comes last and may repeat nothing. */
  runArguments(audit: string, more: readonly string[] = [], recipe: string = TRAINING): readonly string[] {
    const files = ["--recipe", recipe, "--fixture", this.path("fixture.yaml"), "--profile", this.path("profile.yaml")];
    return ["run", ...files, "--audit", this.path(audit), "--json", ...more];
  }

  get environment(): Readonly<Record<string, string>> {
    return { SPEC_OWNER_KEY: this.service.ownerKey };
  }

  async run(audit: string, more: readonly string[] = [], recipe?: string): Promise<Ended & { object: TrayObject }> {
    const ended = await station(this.runArguments(audit, more, recipe), this.environment);
    return { ...ended, object: lastJson(ended) as TrayObject };
  }
}
