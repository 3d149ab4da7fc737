import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { AuditStore, RecoveredRun } from "../../src/audit/audit-store.ts";
import { openAuditStore, type AuditOptions } from "../../src/audit/open-audit-store.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";

/** A folder for one spec with an audit database in it; stores opened through it are closed with it. */
export class TempAudit {
  readonly folder: string;
  readonly #stores: AuditStore[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<TempAudit> {
    return new TempAudit(await mkdtemp(join(tmpdir(), "audit-")));
  }

  get file(): string {
    return join(this.folder, "audit.db");
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  async open(options: Partial<AuditOptions> = {}): Promise<{ store: AuditStore; recovered: readonly RecoveredRun[] }> {
    const opened = await openAuditStore({
      file: this.file,
      clock: realClock,
      random: randomBytes,
      commitWindow: milliseconds(0),
      ...options,
    });
    this.#stores.push(opened.store);
    return opened;
  }

  /** Runs SQL on the database as an outsider would, triggers switched off when asked. */
  tamper(sql: string, options: { readonly triggers: boolean } = { triggers: false }): void {
    const db = new Database(this.file);
    try {
      db.pragma("foreign_keys = OFF");
      if (!options.triggers)
        for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all())
          db.exec(`DROP TRIGGER ${String(name)}`);
      db.exec(sql);
    } finally {
      db.close();
    }
  }

  rows(sql: string): Record<string, unknown>[] {
    const db = new Database(this.file, { readonly: true });
    try {
      return db.prepare<[], Record<string, unknown>>(sql).all();
    } finally {
      db.close();
    }
  }

  async dispose(): Promise<void> {
    for (const store of this.#stores) await store.close().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }
}
