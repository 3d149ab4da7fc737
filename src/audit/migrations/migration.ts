/** One change of the schema. Numbered without gaps; never edited once released. */
export type Migration = {
  /** What `PRAGMA user_version` becomes. */
  readonly version: number;
  readonly sql: string;
};
