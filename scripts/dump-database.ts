import type { Database } from "better-sqlite3";

/** The database as SQL that makes it anew: tables, rows in their order, then indexes and triggers. */
export function dump(db: Database): string {
  const made = (types: string): string[] =>
    db
      .prepare<[], string>(`SELECT sql FROM sqlite_schema WHERE type IN (${types}) AND sql IS NOT NULL ORDER BY rowid`)
      .pluck()
      .all();
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").pluck();
  const pragmas = ["application_id", "user_version"].map(
    (name) => `PRAGMA ${name} = ${String(db.pragma(name, { simple: true }))}`,
  );
  const rows = tables.all().flatMap((table) => {
    const names = db.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
    const cells = names.map((name) => `quote("${name}")`).join(" || ', ' || ");
    return db
      .prepare<[], string>(
        `SELECT 'INSERT INTO ${table} (${names.join(", ")}) VALUES (' || ${cells} || ')' FROM ${table}`,
      )
      .pluck()
      .all();
  });
  const statements = [...pragmas, ...made("'table'"), ...rows, ...made("'index', 'trigger'")];
  return statements.map((sql) => `${sql};\n`).join("");
}
