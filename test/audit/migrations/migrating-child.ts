import Database from "better-sqlite3";
import { migrate } from "../../../src/audit/migrate.ts";

// Brings a database up to date and is killed in the middle of the first step, when pages of it are on the disk already.
const steps = { schema: 0 };
const db = new Database(process.argv[2] ?? "", {
  verbose: (sql) => {
    if (/^(CREATE|ALTER)/.test(String(sql)) && ++steps.schema === 2) process.kill(process.pid, "SIGKILL");
  },
});
db.pragma("cache_size = 1");
migrate(db);
