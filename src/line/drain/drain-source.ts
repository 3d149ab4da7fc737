import type { RunRecord } from "../../contract/history.ts";

/** A row of the audit chain with its digest. */
export type DrainRow = {
  readonly position: number;
  readonly run: string | null;
  readonly seq: number | null;
  readonly type: string;
  readonly at: string;
  readonly body: string;
  readonly previous: string;
  readonly hash: string;
};

/** Where events wait: the outbox of the audit database (src/audit/outbox.ts). */
export type DrainSource = {
  readonly identity: { readonly id: string; readonly createdAt: string; readonly publicKey: string };
  /** The line has everything up to here, except what `started` keeps back. */
  readonly settled: number;
  /** Events up to here never go to the line. */
  readonly started: number;
  /** How many events wait. */
  readonly size: number;
  /** Events that wait behind a position, in the order of the chain, `limit` at most. */
  waiting(after: number, limit: number): readonly DrainRow[];
  hashAt(position: number): string | undefined;
  run(id: string): RunRecord | undefined;
  settle(position: number): Promise<void>;
  refill(after: number): Promise<void>;
  subscribe(wake: () => void): () => void;
};
