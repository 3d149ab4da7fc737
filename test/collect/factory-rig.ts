import Database from "better-sqlite3";
import { EXIT } from "../../src/cli/command.ts";
import { openForReading } from "../../src/collect/read/open-for-reading.ts";
import type { Sql } from "../../src/collect/sql.ts";
import { Secret } from "../../src/core/secret.ts";
import { startStation, station, type Ended, type StationProcess } from "../cli/station-process.ts";
import { TrayLine } from "../cli/support/tray-line.ts";
import { until } from "../faults/support/until.ts";
import { NatsCluster } from "../fakes/line/nats-cluster.ts";
import { PostgresServer } from "../fakes/postgres-server.ts";

/** How long a run may wait for the line, s. */
export const REQUEST_LIMIT = 3;
/** Slots that share a worker process. */
const SHARED = 16;

/** How long a station may take to send what it could not send while it ran, asked again and again, ms. */
const SYNC_LIMIT = 240_000;

/** A row of a chain: station, position, run, seq, digest. */
export type ChainCell = readonly unknown[];

/** Three servers, a central database and stations with simulated modems, all as programs of their own. */
export class Factory {
  readonly cluster: NatsCluster;
  readonly postgres: PostgresServer;
  readonly trays: readonly TrayLine[];
  #collector: StationProcess | undefined;

  private constructor(cluster: NatsCluster, postgres: PostgresServer, trays: readonly TrayLine[]) {
    this.cluster = cluster;
    this.postgres = postgres;
    this.trays = trays;
  }

  static async start(stations: number, units: number): Promise<Factory> {
    const [cluster, postgres] = await Promise.all([NatsCluster.start(), PostgresServer.start()]);
    const trays: TrayLine[] = [];
    for (let index = 1; index <= stations; index++)
      trays.push(await TrayLine.start(units, ["--seed", `station-${index}`, "--latency", "none"]));
    const factory = new Factory(cluster, postgres, trays);
    for (const [index, tray] of trays.entries()) {
      tray.write("line.yaml", factory.#lineText(index + 1));
      tray.write("fixture.yaml", `${tray.fixtureText()}slotsPerWorker: ${SHARED}\n`);
    }
    const { code, stderr } = await station(["line", "setup", "--line", factory.lineFile(0), "--replicas", "3"]);
    if (code !== 0) throw new TypeError(stderr);
    return factory;
  }

  lineFile(index: number): string {
    return this.trays[index]?.path("line.yaml") ?? "";
  }

  /** Every station runs its tray. */
  runTrays(): Promise<readonly Ended[]> {
    return Promise.all(
      this.trays.map((tray) =>
        station(tray.runArguments("audit.db", ["--line", tray.path("line.yaml")]), tray.environment),
      ),
    );
  }

  /** Every station sends what it could not send while it ran; asked again where the line took too long for one time. */
  async sync(): Promise<void> {
    await Promise.all(
      this.trays.map((tray) =>
        until(
          "everything was sent",
          async () => {
            const files = ["--line", tray.path("line.yaml"), "--audit", tray.path("audit.db")];
            const { code, stderr } = await station(["line", "sync", ...files]);
            if (code !== EXIT.passed && code !== EXIT.failed) throw new TypeError(stderr);
            return code === EXIT.passed;
          },
          SYNC_LIMIT,
        ),
      ),
    );
  }

  startCollector(): void {
    const args = ["collect", "--line", this.lineFile(0), "--json"];
    this.#collector = startStation(args, { STATION_CENTRAL: this.postgres.address() });
  }

  async killCollector(): Promise<void> {
    this.#collector?.kill("SIGKILL");
    await this.#collector?.ended;
    this.#collector = undefined;
  }

  /** Collects what is there and ends. */
  collectOnce(): Promise<Ended> {
    const args = ["collect", "--line", this.lineFile(0), "--once", "--json"];
    return station(args, { STATION_CENTRAL: this.postgres.address() });
  }

  collectCommand(...options: readonly string[]): Promise<Ended> {
    return station(["collect", ...options, "--json"], { STATION_CENTRAL: this.postgres.address() });
  }

  central(): Promise<Sql> {
    return openForReading(new Secret(this.postgres.address()));
  }

  /** How many events are in the central database; 0 while it has no tables. */
  async collected(): Promise<number> {
    try {
      const sql = await this.central();
      try {
        return Number((await sql.all("SELECT count(*) FROM event"))[0]?.[0] ?? 0);
      } finally {
        await sql.close();
      }
    } catch {
      return 0;
    }
  }

  /** Every row of every station's own chain. */
  recorded(): readonly ChainCell[] {
    return this.trays.flatMap((tray) => {
      const db = new Database(tray.path("audit.db"), { readonly: true });
      try {
        return db
          .prepare<[], unknown[]>(
            `SELECT (SELECT id FROM station), position, run, seq, hash FROM event ORDER BY position`,
          )
          .raw()
          .all();
      } finally {
        db.close();
      }
    });
  }

  /** How long each admission took, ms: the phase in which a run asks the line for its unit. */
  admissions(): readonly number[] {
    return this.trays.flatMap((tray) => {
      const db = new Database(tray.path("audit.db"), { readonly: true });
      try {
        return db
          .prepare<[], number>(
            `SELECT body ->> '$.elapsedMs' FROM event WHERE type = 'phase.finished' AND body ->> '$.phase' = 'check'`,
          )
          .pluck()
          .all();
      } finally {
        db.close();
      }
    });
  }

  async stop(): Promise<void> {
    await this.killCollector();
    await Promise.all(this.trays.map((tray) => tray.stop()));
    await Promise.all([this.cluster.stop(), this.postgres.stop()]);
  }

  #lineText(number: number): string {
    return [
      "schema: 1",
      "name: factory",
      `station: { name: station-${number} }`,
      `servers: [${this.cluster.urls.map((url) => JSON.stringify(url)).join(", ")}]`,
      `limits: { connectSeconds: 2, requestSeconds: ${REQUEST_LIMIT} }`,
      "interlock: { whenAway: alone, leaseSeconds: 30, training: true }",
      "",
    ].join("\n");
  }
}
