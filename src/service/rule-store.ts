import type { ProvisioningRule, ProvisioningTag } from "../contract/owner-api.ts";
import type { Clock } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import type { ServiceDatabase } from "./database.ts";

/** A provisioning rule as it is kept. */
export type StoredRule = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly active: boolean;
  readonly commands: ProvisioningRule["commands"];
  readonly tags: readonly string[];
  /** ISO 8601 UTC. */
  readonly createdAt: string;
};

/** A provisioning tag as it is kept. */
export type StoredTag = { readonly tag: string; readonly description: string; readonly createdAt: string };

type RuleRow = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly active: number;
  readonly commands: string;
  readonly tags: string;
  readonly createdAt: string;
};

const COLUMNS = "id, name, description, active, commands, tags, created_at AS createdAt";

/** Provisioning rules and tags. Writers call it inside a transaction. */
export class RuleStore {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  add(team: number, id: string, rule: ProvisioningRule): void {
    this.#database
      .prepare(
        `INSERT INTO rule (id, team, name, description, active, commands, tags, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        team,
        rule.name,
        rule.description,
        rule.active ? 1 : 0,
        JSON.stringify(rule.commands),
        JSON.stringify(rule.tags),
        isoTime(this.#clock.now()),
      );
    const insert = this.#database.prepare("INSERT OR IGNORE INTO rule_tag (team, tag, rule) VALUES (?, ?, ?)");
    for (const tag of rule.tags) insert.run(team, tag, id);
  }

  /** Takes a rule away; what it queued already stays. Answers whether it was there. */
  remove(team: number, id: string): boolean {
    return this.#database.prepare("DELETE FROM rule WHERE team = ? AND id = ?").run(team, id).changes > 0;
  }

  list(team: number): readonly StoredRule[] {
    return this.#database
      .prepare<[number], RuleRow>(`SELECT ${COLUMNS} FROM rule WHERE team = ? ORDER BY created_at, rowid`)
      .all(team)
      .map(ruleOf);
  }

  count(team: number): number {
    return count(this.#database, "SELECT count(*) AS total FROM rule WHERE team = ?", team);
  }

  /** A team's active rules for one of `tags` that the device has not had yet, oldest first. */
  due(team: number, uuid: string, tags: readonly string[]): readonly StoredRule[] {
    if (tags.length === 0) return [];
    return this.#database
      .prepare<[number, string, string], RuleRow>(
        `SELECT ${COLUMNS} FROM rule WHERE active = 1
           AND id IN (SELECT rule FROM rule_tag WHERE team = ? AND tag IN (SELECT value FROM json_each(?)))
           AND NOT EXISTS (SELECT 1 FROM rule_use WHERE rule = rule.id AND uuid = ?)
         ORDER BY created_at, rowid`,
      )
      .all(team, JSON.stringify(tags), uuid)
      .map(ruleOf);
  }

  markUsed(rule: string, uuid: string): void {
    this.#database.prepare("INSERT INTO rule_use (rule, uuid) VALUES (?, ?)").run(rule, uuid);
  }

  /** Keeps a tag; a known one gets the new description. */
  addTag(team: number, { tag, description }: ProvisioningTag): void {
    this.#database
      .prepare(
        `INSERT INTO team_tag (team, tag, description, created_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (team, tag) DO UPDATE SET description = excluded.description`,
      )
      .run(team, tag, description, isoTime(this.#clock.now()));
  }

  hasTag(team: number, tag: string): boolean {
    return this.#database.prepare("SELECT 1 FROM team_tag WHERE team = ? AND tag = ?").get(team, tag) !== undefined;
  }

  tagCount(team: number): number {
    return count(this.#database, "SELECT count(*) AS total FROM team_tag WHERE team = ?", team);
  }

  tags(team: number): readonly StoredTag[] {
    return this.#database
      .prepare<[number], StoredTag>(
        "SELECT tag, description, created_at AS createdAt FROM team_tag WHERE team = ? ORDER BY tag",
      )
      .all(team);
  }
}

function count(database: ServiceDatabase, sql: string, team: number): number {
  return database.prepare<[number], { readonly total: number }>(sql).get(team)?.total ?? 0;
}

function ruleOf(row: RuleRow): StoredRule {
  return {
    ...row,
    active: row.active === 1,
    commands: JSON.parse(row.commands) as StoredRule["commands"],
    tags: JSON.parse(row.tags) as readonly string[],
  };
}
