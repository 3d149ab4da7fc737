/** What a line is called inside of JetStream: streams, subjects, buckets, consumers. Every name stands in this file. */

/** The stream with every event of every station, one subject each. */
export const EVENTS = { stream: "STATION_EVENTS", subjects: "station.events.*" } as const;

/** The stream with the result of every run, one subject a station. */
export const RESULTS = { stream: "STATION_RESULTS", subjects: "station.results.*" } as const;

/** Key-value buckets: the right to work on a unit, what passed, and published documents. */
export const BUCKETS = { leases: "STATION_LEASES", passed: "STATION_PASSED", documents: "STATION_DOCUMENTS" } as const;

/** The stream that a bucket is kept in. */
export function bucketStream(bucket: string): string {
  return `KV_${bucket}`;
}

/** The durable consumer that collectors of one central database share. */
export const COLLECTOR = "station-collect";

/** The header with the name that people gave the station. */
export const STATION_NAME_HEADER = "Station-Name";

/** The subject of a station's events. */
export function eventSubject(station: string): string {
  return `station.events.${station}`;
}

/** The subject of a station's results. */
export function resultSubject(station: string): string {
  return `station.results.${station}`;
}

/** Where a chain row stands: run and seq, or for the station's own rows the position. */
export type RowName = { readonly position: number; readonly run: string | null; readonly seq: number | null };

/** The message id by which the engine refuses a repeat: `station:run:seq`, of the station's own rows `station:-:position`. */
export function messageId(station: string, { position, run, seq }: RowName): string {
  return run === null ? `${station}:-:${position}` : `${station}:${run}:${seq ?? 0}`;
}
