/** The engines that a central database may live in. */
export type Dialect = "postgres" | "sqlite";

/** A value that goes into a statement. */
export type SqlValue = string | number | null;

/** A row as it comes out: its cells in the order of the SELECT; whole numbers as numbers. */
export type SqlRow = readonly unknown[];

/**
 * One session with a central database. Statements are written once for both engines: holes are `?`, an upsert is
 * `ON CONFLICT … DO UPDATE`, pages are `LIMIT ? OFFSET ?`. Texts compare byte by byte in both. Calls are carried out one
 * after the other. Every method throws StationError collect.*.
 */
export interface Sql {
  readonly dialect: Dialect;
  all(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Several statements without holes. */
  script(sql: string): Promise<void>;
  /** All of it or nothing; `work` uses this same session. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** `(?, ?), (?, ?)` for rows of a VALUES list. */
export function valueHoles(rows: number, columns: number): string {
  const row = `(${Array.from({ length: columns }, () => "?").join(", ")})`;
  return Array.from({ length: rows }, () => row).join(", ");
}

/** `?, ?, ?` for an IN list. */
export function listHoles(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
