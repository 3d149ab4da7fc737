import type { Clock } from "../core/clock.ts";
import { isoTime } from "../core/iso-time.ts";
import type { CommandStatus } from "../contract/owner-api.ts";
import type { Command } from "../provisioning/command.ts";
import type { ServiceDatabase } from "./database.ts";
import type { DeviceCommandState, QueueChange, QueueEntry } from "./queue-rules.ts";
import type { RequestRecord } from "./request-record.ts";

/** An owner command as the owner reads it. */
export type OwnerCommand = {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly request: RequestRecord;
  readonly status: CommandStatus;
  readonly response: RequestRecord | undefined;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** The device commands of one owner command, with what became of them. */
export type DeviceCommandRow = {
  readonly id: string;
  readonly state: DeviceCommandState;
  readonly message: string | null;
  readonly cme: number | null;
  readonly reason: string | null;
};

type EntryRow = {
  readonly id: string;
  readonly ownerCommand: string;
  readonly number: number;
  readonly state: QueueEntry["state"];
  readonly body: string | null;
};

type OwnerRow = {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly request: string;
  readonly status: CommandStatus;
  readonly response: string | null;
  readonly created_at: string;
  readonly updated_at: string;
};

/** What an owner command brings into the queue. */
export type NewOwnerCommand = {
  readonly id: string;
  readonly kind: string;
  readonly description: string;
  readonly request: RequestRecord;
  /** Its device commands; their ids are made of the number given. */
  readonly commands: (number: number) => readonly Command[];
};

/** Commands of one device that are kept and listed: the newest. */
const KEPT_COMMANDS = 100;

const OWNER_COLUMNS = "id, kind, description, request, status, response, created_at, updated_at";

/** The queues of all devices. Writers call it inside a transaction. */
export class QueueStore {
  readonly #database: ServiceDatabase;
  readonly #clock: Clock;

  constructor(database: ServiceDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** How many owner commands of a device are neither succeeded nor failed. */
  openCount(uuid: string): number {
    const sql = "SELECT count(*) AS total FROM owner_command WHERE uuid = ? AND status IN ('PENDING', 'IN_PROGRESS')";
    return this.#database.prepare<[string], { readonly total: number }>(sql).get(uuid)?.total ?? 0;
  }

  add(uuid: string, command: NewOwnerCommand): void {
    const number = this.#nextNumber(uuid);
    const now = isoTime(this.#clock.now());
    this.#database
      .prepare(
        `INSERT INTO owner_command (id, uuid, number, kind, description, request, status, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, 'PENDING', ?, ?)`,
      )
      .run(command.id, uuid, number, command.kind, command.description, JSON.stringify(command.request), now, now);
    const insert = this.#database.prepare(
      "INSERT INTO device_command (id, owner_command, place, body, state) VALUES (?, ?, ?, ?, 'QUEUED')",
    );
    for (const [place, body] of command.commands(number).entries())
      insert.run(body.id, command.id, place, JSON.stringify(body));
    this.#database
      .prepare("DELETE FROM owner_command WHERE uuid = ? AND number <= ? AND status IN ('SUCCEEDED', 'FAILED')")
      .run(uuid, number - KEPT_COMMANDS);
  }

  /** The open and lost device commands of a device in queue order; of lost ones only what judges a late result is left. */
  queue(uuid: string): readonly QueueEntry[] {
    return this.#database
      .prepare<[string], EntryRow>(
        `SELECT d.id, d.owner_command AS ownerCommand, o.number, d.state, d.body
         FROM owner_command o JOIN device_command d ON d.owner_command = o.id
         WHERE o.uuid = ? AND d.state IN ('QUEUED', 'DELIVERED', 'LOST') ORDER BY o.number, d.place`,
      )
      .all(uuid)
      .flatMap(({ body, ...row }) => (body === null ? [] : [{ ...row, command: commandOf(body) }]));
  }

  mark(ids: readonly string[], state: "DELIVERED" | "QUEUED"): void {
    const update = this.#database.prepare("UPDATE device_command SET state = ? WHERE id = ?");
    for (const id of ids) update.run(state, id);
  }

  /** Writes what became of an entry; what it carried is kept only while it may still be sent. */
  apply(change: QueueChange, entry: QueueEntry): void {
    const body = change.state === "QUEUED" ? entry.command : change.state === "LOST" ? bare(entry.command) : undefined;
    this.#database
      .prepare("UPDATE device_command SET state = ?, message = ?, cme = ?, reason = ?, body = ? WHERE id = ?")
      .run(
        change.state,
        change.message ?? null,
        change.cme ?? null,
        change.reason ?? null,
        body === undefined ? null : JSON.stringify(body),
        change.id,
      );
  }

  /** What kind an owner command is of, and whose it is. */
  origin(ownerCommand: string): { readonly kind: string; readonly uuid: string } {
    const sql = "SELECT kind, uuid FROM owner_command WHERE id = ?";
    return (
      this.#database.prepare<[string], { readonly kind: string; readonly uuid: string }>(sql).get(ownerCommand) ?? {
        kind: "",
        uuid: "",
      }
    );
  }

  deviceCommands(ownerCommand: string): readonly DeviceCommandRow[] {
    return this.#database
      .prepare<[string], DeviceCommandRow>(
        "SELECT id, state, message, cme, reason FROM device_command WHERE owner_command = ? ORDER BY place",
      )
      .all(ownerCommand);
  }

  setStatus(id: string, status: CommandStatus, response: RequestRecord | undefined): void {
    this.#database
      .prepare("UPDATE owner_command SET status = ?, response = ?, updated_at = ? WHERE id = ?")
      .run(status, response === undefined ? null : JSON.stringify(response), isoTime(this.#clock.now()), id);
  }

  find(uuid: string, id: string): OwnerCommand | undefined {
    const row = this.#database
      .prepare<[string, string], OwnerRow>(`SELECT ${OWNER_COLUMNS} FROM owner_command WHERE uuid = ? AND id = ?`)
      .get(uuid, id);
    return row === undefined ? undefined : ownerCommandOf(row);
  }

  /** Takes a command out, whatever its state; answers whether it was there. */
  discard(uuid: string, id: string): boolean {
    return this.#database.prepare("DELETE FROM owner_command WHERE uuid = ? AND id = ?").run(uuid, id).changes > 0;
  }

  list(uuid: string): readonly OwnerCommand[] {
    return this.#database
      .prepare<[string], OwnerRow>(`SELECT ${OWNER_COLUMNS} FROM owner_command WHERE uuid = ? ORDER BY number`)
      .all(uuid)
      .map(ownerCommandOf);
  }

  #nextNumber(uuid: string): number {
    const sql = "UPDATE device SET next_number = next_number + 1 WHERE uuid = ? RETURNING next_number - 1 AS number";
    return this.#database.prepare<[string], { readonly number: number }>(sql).get(uuid)?.number ?? 0;
  }
}

function ownerCommandOf(row: OwnerRow): OwnerCommand {
  return {
    id: row.id,
    kind: row.kind,
    description: row.description,
    request: JSON.parse(row.request) as RequestRecord,
    status: row.status,
    response: row.response === null ? undefined : (JSON.parse(row.response) as RequestRecord),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The command without what it carried. */
function bare(command: Command): Command {
  switch (command.kind) {
    case "at":
      return { ...command, parameters: "" };
    case "config":
      return { ...command, properties: [] };
    case "finished":
      return command;
  }
}

/** A command that {@link QueueStore.add} wrote as JSON. */
function commandOf(body: string): Command {
  return JSON.parse(body) as Command;
}
