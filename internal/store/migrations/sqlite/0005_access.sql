-- Organizations, the spaces in them, who belongs to them and with which role.
-- A role is the name of a predefined one or the id of a row in roles.

ALTER TABLE users ADD COLUMN bot INTEGER NOT NULL DEFAULT 0; -- what a service key acts as; no person
CREATE INDEX users_custom_role ON users (role) WHERE role LIKE 'Um9sZT%';

CREATE TABLE roles (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL, -- folded
    description TEXT NOT NULL,
    permissions TEXT NOT NULL, -- names with a space between them
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    deleted_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX roles_id ON roles (id);
CREATE UNIQUE INDEX roles_name ON roles (name_key) WHERE deleted_at IS NULL;

CREATE TABLE organizations (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT, -- a cursor holds a seq: none is used again
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX organizations_id ON organizations (id);
CREATE UNIQUE INDEX organizations_name ON organizations (name_key);

CREATE TABLE organization_members (
    organization_seq INTEGER NOT NULL REFERENCES organizations (seq),
    user_seq         INTEGER NOT NULL REFERENCES users (seq),
    id               TEXT NOT NULL,
    role             TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    PRIMARY KEY (organization_seq, user_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX organization_members_user ON organization_members (user_seq);
CREATE INDEX organization_members_custom ON organization_members (role) WHERE role LIKE 'Um9sZT%';

CREATE TABLE spaces (
    seq              INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT NOT NULL,
    organization_seq INTEGER NOT NULL REFERENCES organizations (seq),
    name             TEXT NOT NULL,
    name_key         TEXT NOT NULL,
    description      TEXT NOT NULL,
    private          INTEGER NOT NULL,
    settings         TEXT NOT NULL, -- JSON: what this directory only keeps
    created_at       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX spaces_id ON spaces (id);
CREATE UNIQUE INDEX spaces_name ON spaces (organization_seq, name_key);

CREATE TABLE space_members (
    space_seq  INTEGER NOT NULL REFERENCES spaces (seq),
    user_seq   INTEGER NOT NULL REFERENCES users (seq),
    id         TEXT NOT NULL,
    role       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (space_seq, user_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX space_members_user ON space_members (user_seq);
CREATE INDEX space_members_custom ON space_members (role) WHERE role LIKE 'Um9sZT%';

CREATE TABLE role_bindings (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL,
    role          TEXT NOT NULL,
    user_seq      INTEGER NOT NULL REFERENCES users (seq),
    resource_type TEXT NOT NULL CHECK (resource_type IN ('SPACE', 'PROJECT')),
    resource_id   TEXT NOT NULL,
    space_seq     INTEGER REFERENCES spaces (seq), -- the space itself, for SPACE
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    CHECK ((resource_type = 'SPACE') = (space_seq IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX role_bindings_id ON role_bindings (id);
CREATE UNIQUE INDEX role_bindings_user ON role_bindings (user_seq, resource_id);
CREATE INDEX role_bindings_space ON role_bindings (space_seq) WHERE space_seq IS NOT NULL;
CREATE INDEX role_bindings_role ON role_bindings (role);

CREATE TABLE resource_restrictions (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    resource_id   TEXT NOT NULL,
    resource_type TEXT NOT NULL CHECK (resource_type = 'PROJECT' OR resource_type = 'DASHBOARD' OR resource_type = 'PROMPT'),
    created_at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX resource_restrictions_resource ON resource_restrictions (resource_id);

ALTER TABLE api_keys ADD COLUMN created_by INTEGER REFERENCES users (seq); -- NULL: the owner
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
CREATE INDEX api_keys_creator ON api_keys (created_by) WHERE created_by IS NOT NULL;

-- The log is read by time. What retention removed ends at the anchor; of what
-- was erased, a digest stays, so that the chain holds.
CREATE INDEX audit_time ON audit (at, seq);
ALTER TABLE audit ADD COLUMN actor_digest BLOB;
ALTER TABLE audit ADD COLUMN changes_digest BLOB;
CREATE TABLE audit_anchor (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    place INTEGER NOT NULL,
    hash  BLOB NOT NULL
) STRICT;
