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
  {
    // Several owners (teams), their keys' roles, onboarded devices; no query scans a table that grows with the devices.
    version: 2,
    sql: `
      CREATE TABLE team (
        id INTEGER PRIMARY KEY,
        tenant TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL UNIQUE,
        claimed INTEGER NOT NULL DEFAULT 0,
        onboarded INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL
      ) STRICT;
      INSERT INTO team (id, tenant, name, claimed, created_at) VALUES (
        1,
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
          substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
        'default', (SELECT count(*) FROM device), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

      ALTER TABLE api_key ADD COLUMN team INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE api_key ADD COLUMN name TEXT NOT NULL DEFAULT '';
      ALTER TABLE api_key ADD COLUMN role TEXT NOT NULL DEFAULT 'owner'
        CHECK (role IN ('viewer', 'editor', 'admin', 'owner'));
      CREATE UNIQUE INDEX api_key_by_name ON api_key (name) WHERE name <> '';

      ALTER TABLE pin ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0;
      UPDATE pin SET claimed = 1 WHERE uuid IN (SELECT uuid FROM device);
      CREATE INDEX pin_unclaimed ON pin (pinned_at DESC, uuid) WHERE claimed = 0;

      ALTER TABLE device ADD COLUMN team INTEGER NOT NULL DEFAULT 1;
      ALTER TABLE device ADD COLUMN attestation TEXT;
      DROP INDEX device_by_claim;
      CREATE INDEX device_by_team ON device (team, uuid);
      CREATE TRIGGER device_claimed AFTER INSERT ON device BEGIN
        UPDATE team SET claimed = claimed + 1 WHERE id = NEW.team;
        UPDATE pin SET claimed = 1 WHERE uuid = NEW.uuid;
      END;
      CREATE TRIGGER device_given_up AFTER DELETE ON device BEGIN
        UPDATE team SET claimed = claimed - 1 WHERE id = OLD.team;
      END;

      ALTER TABLE rule ADD COLUMN team INTEGER NOT NULL DEFAULT 1;
      CREATE INDEX rule_by_team ON rule (team, created_at);
      CREATE INDEX rule_use_by_device ON rule_use (uuid, rule);
      CREATE TABLE rule_tag (
        team INTEGER NOT NULL,
        tag TEXT NOT NULL,
        rule TEXT NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
        PRIMARY KEY (team, tag, rule)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX rule_tag_by_rule ON rule_tag (rule);
      INSERT OR IGNORE INTO rule_tag SELECT 1, each.value, rule.id FROM rule, json_each(rule.tags) AS each;

      CREATE TABLE team_tag (
        team INTEGER NOT NULL, tag TEXT NOT NULL, description TEXT NOT NULL, created_at TEXT NOT NULL,
        PRIMARY KEY (team, tag)
      ) STRICT;
      INSERT INTO team_tag SELECT 1, tag, description, created_at FROM tag;
      DROP TABLE tag;

      CREATE TABLE cloud_device (
        id TEXT PRIMARY KEY,
        team INTEGER NOT NULL,
        sub_type TEXT NOT NULL,
        tags TEXT NOT NULL,
        firmware_types TEXT NOT NULL,
        certificate_sha256 TEXT UNIQUE,
        name TEXT,
        state TEXT NOT NULL DEFAULT '{}',
        version INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX cloud_device_by_team ON cloud_device (team, id);
      CREATE TRIGGER cloud_device_added AFTER INSERT ON cloud_device BEGIN
        UPDATE team SET onboarded = onboarded + 1 WHERE id = NEW.team;
      END;
      CREATE TRIGGER cloud_device_removed AFTER DELETE ON cloud_device BEGIN
        UPDATE team SET onboarded = onboarded - 1 WHERE id = OLD.team;
      END;

      CREATE TABLE bulk_operation (
        id TEXT PRIMARY KEY,
        team INTEGER NOT NULL,
        file TEXT NOT NULL UNIQUE,
        endpoint TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('SUCCEEDED', 'FAILED')),
        requested_at TEXT NOT NULL,
        completed_at TEXT NOT NULL,
        upload TEXT NOT NULL,
        errors TEXT NOT NULL
      ) STRICT;
      CREATE INDEX bulk_operation_by_team ON bulk_operation (team, id);
    `,
  },
];
