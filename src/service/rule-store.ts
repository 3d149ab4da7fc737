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

  add(id: string, rule: ProvisioningRule): void {
    this.#database
      .prepare(
        "INSERT INTO rule (id, name, description, active, commands, tags, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        id,
        rule.name,
        rule.description,
        rule.active ? 1 : 0,
        JSON.stringify(rule.commands),
        JSON.stringify(rule.tags),
        isoTime(this.#clock.now()),
      );
  }

  list(): readonly StoredRule[] {
    return this.#database
      .prepare<[], RuleRow>(`SELECT ${COLUMNS} FROM rule ORDER BY created_at, rowid`)
      .all()
      .map(ruleOf);
  }

  /** Active rules for one of `tags` that the device has not had yet, oldest first. */
  due(uuid: string, tags: readonly string[]): readonly StoredRule[] {
    if (tags.length === 0) return [];
    return this.#database
      .prepare<[string], RuleRow>(
        `SELECT ${COLUMNS} FROM rule
         WHERE active = 1 AND id NOT IN (SELECT rule FROM rule_use WHERE uuid = ?) ORDER BY created_at, rowid`,
      )
      .all(uuid)
      .map(ruleOf)
      .filter((rule) => rule.tags.some((tag) => tags.includes(tag)));
  }

  markUsed(rule: string, uuid: string): void {
    this.#database.prepare("INSERT INTO rule_use (rule, uuid) VALUES (?, ?)").run(rule, uuid);
  }

  /** Keeps a tag; a known one gets the new description. */
  addTag(tag: ProvisioningTag): void {
    this.#database
      .prepare(
        `INSERT INTO tag (tag, description, created_at) VALUES (?, ?, ?)
         ON CONFLICT (tag) DO UPDATE SET description = excluded.description`,
      )
      .run(tag.tag, tag.description, isoTime(this.#clock.now()));
  }

  tags(): readonly StoredTag[] {
    return this.#database
      .prepare<[], StoredTag>("SELECT tag, description, created_at AS createdAt FROM tag ORDER BY tag")
      .all();
  }
}

function ruleOf(row: RuleRow): StoredRule {
  return {
    ...row,
    active: row.active === 1,
    commands: JSON.parse(row.commands) as StoredRule["commands"],
    tags: JSON.parse(row.tags) as readonly string[],
  };
}
