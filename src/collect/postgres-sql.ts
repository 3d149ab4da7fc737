import pg from "pg";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { realClock } from "../core/real-clock.ts";
import type { CentralAddress } from "./central-address.ts";
import { postgresError } from "./postgres-error.ts";
import type { Sql, SqlRow, SqlValue } from "./sql.ts";

/** How a session is held. */
export type PostgresSettings = {
  /** What the server shows of the session. */
  readonly program: string;
  /** Nothing can be written in the session. */
  readonly readOnly: boolean;
  readonly connectLimit: Duration;
  /** The longest that one statement may take. */
  readonly statementLimit: Duration;
  /** The session is to end: what is under way then, connecting included, has 2 s. */
  readonly signal?: AbortSignal | undefined;
};

/** Whole numbers that come as texts otherwise; counts and positions are far below 2^53. */
const WHOLE: ReadonlySet<number> = new Set([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format): ((text: string) => unknown) =>
    WHOLE.has(oid) ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
};
/** Beyond the server's own limit, so that the server says it first. */
const GRACE = 2000;
/** How long a server has to take leave. */
const LEAVE_LIMIT = seconds(2);

/** A session with a PostgreSQL server. */
export class PostgresSql implements Sql {
  readonly dialect = "postgres";
  readonly #client: pg.Client;
  readonly #texts = new Map<string, string>();
  readonly #signal: AbortSignal | undefined;
  #lost: Error | undefined;
  #cancelCut: () => void = () => undefined;

  private constructor(client: pg.Client, signal: AbortSignal | undefined) {
    this.#client = client;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#cutLater, { once: true });
    if (signal?.aborted === true) this.#cutLater();
    client.on("error", (error) => (this.#lost = error));
    client.on("end", () => (this.#lost ??= new StationError("collect.lost", "the session has ended")));
  }

  /** @throws StationError collect.unreachable, collect.refused */
  static async open(
    address: Extract<CentralAddress, { kind: "postgres" }>,
    { program, readOnly, connectLimit, statementLimit, signal }: PostgresSettings,
  ): Promise<PostgresSql> {
    const { host, port, database, user, password, tls } = address;
    const client = new pg.Client({
      ...{ host, port, database, user, types, keepAlive: true },
      // An empty one: the password of the environment is another program's.
      password: password?.reveal() ?? "",
      ssl: tls === undefined ? false : { rejectUnauthorized: true, ...tls },
      connectionTimeoutMillis: connectLimit,
      statement_timeout: statementLimit,
      query_timeout: statementLimit + GRACE,
      application_name: program,
      ...(readOnly ? { options: "-c default_transaction_read_only=on" } : {}),
    });
    const session = new PostgresSql(client, signal);
    try {
      await client.connect();
      return session;
    } catch (error) {
      await session.close();
      throw postgresError(error, { host, port });
    }
  }

  /** Whether the session has ended: nothing that is asked of it will be answered. */
  get lost(): boolean {
    return this.#lost !== undefined;
  }

  async all(sql: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    try {
      const { rows } = await this.#client.query<unknown[]>({
        text: this.#numbered(sql),
        values: [...values],
        rowMode: "array",
      });
      return rows;
    } catch (error) {
      throw postgresError(this.#lost ?? error);
    }
  }

  async script(sql: string): Promise<void> {
    try {
      await this.#client.query(sql);
    } catch (error) {
      throw postgresError(this.#lost ?? error);
    }
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.script("BEGIN");
    try {
      const result = await work();
      await this.script("COMMIT");
      return result;
    } catch (error) {
      await this.script("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  /** Within a limit: a server that stands still, or a network that is gone, would keep whoever waits for its last word. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener("abort", this.#cutLater);
    this.#cutLater();
    await this.#client.end().catch(() => undefined);
    this.#cancelCut();
  }

  readonly #cutLater = (): void => {
    this.#cancelCut();
    this.#cancelCut = realClock.after(LEAVE_LIMIT, () => this.#client.connection.stream.destroy());
  };

  /** `$1, $2 …` for the holes. */
  #numbered(sql: string): string {
    const known = this.#texts.get(sql);
    if (known !== undefined) return known;
    let count = 0;
    const text = sql.replaceAll("?", () => `$${++count}`);
    if (this.#texts.size < 256) this.#texts.set(sql, text);
    return text;
  }
}
