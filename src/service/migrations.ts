/** One numbered change of the schema; never edited once released, only followed by the next. */
export type Migration = { readonly version: number; readonly sql: string };

/**
 * The service's tables. `device_command.body` holds what the device is to execute, secrets included, and is emptied as soon as
 * the command's fate is known; `owner_command.request` never holds a secret.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE api_key (sha256 TEXT PRIMARY KEY, created_at TEXT NOT NULL) STRICT;

      CREATE TABLE pin (
        uuid TEXT PRIMARY KEY, kid TEXT NOT NULL, spki BLOB NOT NULL, pinned_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE device (
        uuid TEXT PRIMARY KEY,
        device_type INTEGER NOT NULL,
        firmware_uuid TEXT NOT NULL,
        tags TEXT NOT NULL,
        candidates TEXT NOT NULL,
        claimed_at TEXT NOT NULL,
        next_number INTEGER NOT NULL DEFAULT 1,
        modem_firmware TEXT,
        client_version TEXT,
        last_seen_at TEXT
      ) STRICT;
      CREATE INDEX device_by_claim ON device (claimed_at, uuid);

      CREATE TABLE owner_command (
        id TEXT PRIMARY KEY,
        uuid TEXT NOT NULL REFERENCES device (uuid) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        kind TEXT NOT NULL,
        description TEXT NOT NULL,
        request TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('PENDING', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED')),
        response TEXT,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL,
        UNIQUE (uuid, number)
      ) STRICT;

      CREATE TABLE device_command (
        id TEXT PRIMARY KEY,
        owner_command TEXT NOT NULL REFERENCES owner_command (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        body TEXT,
        state TEXT NOT NULL CHECK (state IN ('QUEUED', 'DELIVERED', 'SUCCEEDED', 'FAILED', 'LOST', 'DROPPED')),
        message TEXT,
        cme INTEGER,
        reason TEXT,
        UNIQUE (owner_command, place)
      ) STRICT;

      CREATE TABLE rule (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        description TEXT NOT NULL,
        active INTEGER NOT NULL,
        commands TEXT NOT NULL,
        tags TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE TABLE rule_use (
        rule TEXT NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
        uuid TEXT NOT NULL REFERENCES device (uuid) ON DELETE CASCADE,
        PRIMARY KEY (rule, uuid)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE tag (tag TEXT PRIMARY KEY, description TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
    `,
  },
];
