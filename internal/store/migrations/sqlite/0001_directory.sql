-- Times are whole microseconds since 1970, UTC. 0 stands for never where a
-- comparison must be simple; elsewhere it is NULL.
--
-- CHECKs say OR, not IN: SQLite makes a table of the values of an IN, three or
-- more, for each row that it checks.

CREATE TABLE directory (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    created_at INTEGER NOT NULL,
    key_check  BLOB NOT NULL
) STRICT;

CREATE TABLE users (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_key     TEXT NOT NULL, -- the folded address: identity and search
    role          TEXT NOT NULL,
    developer     INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state = 'ACTIVE' OR state = 'INVITED' OR state = 'DELETED'),
    invited_until INTEGER,
    created_at    INTEGER NOT NULL,
    CHECK ((state = 'INVITED') = (invited_until IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX users_id ON users (id);
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE INDEX users_admins ON users (seq) WHERE role = 'ADMIN' AND state = 'ACTIVE';

CREATE TABLE tokens (
    digest     BLOB PRIMARY KEY,
    purpose    TEXT NOT NULL CHECK (purpose = 'INVITATION' OR purpose = 'TEMPORARY_PASSWORD' OR purpose = 'RESET'),
    user_seq   INTEGER NOT NULL REFERENCES users (seq),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    void_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_open ON tokens (user_seq, purpose) WHERE used_at IS NULL AND void_at IS NULL;

CREATE TABLE letters (
    seq           INTEGER PRIMARY KEY,
    id            TEXT NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state = 'WAITING' OR state = 'SENT' OR state = 'WITHDRAWN' OR state = 'DEAD'),
    user_seq      INTEGER NOT NULL REFERENCES users (seq),
    to_address    TEXT NOT NULL,
    to_name       TEXT NOT NULL,
    from_name     TEXT NOT NULL,
    sealed        BLOB,
    expires_at    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    due_at        INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    last_error    TEXT NOT NULL,
    settled_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX letters_id ON letters (id);
CREATE INDEX letters_waiting ON letters (due_at) WHERE state = 'WAITING';
CREATE INDEX letters_open ON letters (user_seq, kind) WHERE state IN ('WAITING', 'DEAD');

CREATE TABLE api_keys (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL,
    user_seq   INTEGER NOT NULL REFERENCES users (seq),
    name       TEXT NOT NULL,
    digest     BLOB NOT NULL,
    redacted   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX api_keys_id ON api_keys (id);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_user ON api_keys (user_seq);

CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL,
    at         INTEGER NOT NULL,
    operation  TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    credential TEXT NOT NULL,
    via        TEXT NOT NULL,
    address    TEXT NOT NULL,
    request_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    changes    TEXT NOT NULL,
    salt       BLOB NOT NULL,
    digest     BLOB NOT NULL,
    place      INTEGER, -- in the chain; NULL until sealed
    hash       BLOB
) STRICT;
CREATE UNIQUE INDEX audit_id ON audit (id);
CREATE UNIQUE INDEX audit_place ON audit (place);
CREATE INDEX audit_unsealed ON audit (seq) WHERE place IS NULL;
