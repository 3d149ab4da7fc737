import { randomUUID } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import type { ServiceDatabase } from "./database.ts";

/** A team, the owner of devices, rules and keys; number 1 is always there. */
export type Team = {
  /** What other services know it by, a UUID. */
  readonly tenant: string;
  readonly name: string;
  /** How many devices it has claimed, and how many it has onboarded. */
  readonly claimed: number;
  readonly onboarded: number;
};

/** The teams. Writers call it inside a transaction. */
export class TeamStore {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The number of the team of that name, made when there is none. */
  ensure(name: string): number {
    this.#database
      .prepare("INSERT INTO team (tenant, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING")
      .run(randomUUID(), name, isoTime(this.#clock.now()));
    const sql = "SELECT id FROM team WHERE name = ?";
    return this.#database.prepare<[string], { readonly id: number }>(sql).get(name)?.id ?? 1;
  }

  team(id: number): Team {
    const sql = "SELECT tenant, name, claimed, onboarded FROM team WHERE id = ?";
    const none = { tenant: "", name: "", claimed: 0, onboarded: 0 };
    return this.#database.prepare<[number], Team>(sql).get(id) ?? none;
  }
}
