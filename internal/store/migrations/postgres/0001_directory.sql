-- Times are whole microseconds since 1970, UTC. 0 stands for never where a
-- comparison must be simple; elsewhere it is NULL.

CREATE TABLE directory (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    created_at BIGINT NOT NULL,
    key_check  BYTEA NOT NULL
);

CREATE TABLE users (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            TEXT NOT NULL,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    email_key     TEXT COLLATE "C" NOT NULL, -- the folded address: identity and search
    role          TEXT NOT NULL,
    developer     BOOLEAN NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('ACTIVE', 'INVITED', 'DELETED')),
    invited_until BIGINT,
    created_at    BIGINT NOT NULL,
    CHECK ((state = 'INVITED') = (invited_until IS NOT NULL))
);
CREATE UNIQUE INDEX users_id ON users (id);
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE INDEX users_admins ON users (seq) WHERE role = 'ADMIN' AND state = 'ACTIVE';

CREATE TABLE tokens (
    digest     BYTEA PRIMARY KEY,
    purpose    TEXT NOT NULL CHECK (purpose IN ('INVITATION', 'TEMPORARY_PASSWORD', 'RESET')),
    user_seq   BIGINT NOT NULL REFERENCES users (seq),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    void_at    BIGINT
);
CREATE INDEX tokens_open ON tokens (user_seq, purpose) WHERE used_at IS NULL AND void_at IS NULL;

CREATE TABLE letters (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            TEXT NOT NULL,
    kind          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('WAITING', 'SENT', 'WITHDRAWN', 'DEAD')),
    user_seq      BIGINT NOT NULL REFERENCES users (seq),
    to_address    TEXT NOT NULL,
    to_name       TEXT NOT NULL,
    from_name     TEXT NOT NULL,
    sealed        BYTEA,
    expires_at    BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    last_error    TEXT NOT NULL,
    settled_at    BIGINT
);
CREATE UNIQUE INDEX letters_id ON letters (id);
CREATE INDEX letters_waiting ON letters (due_at) WHERE state = 'WAITING';
CREATE INDEX letters_open ON letters (user_seq, kind) WHERE state IN ('WAITING', 'DEAD');

CREATE TABLE api_keys (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT NOT NULL,
    user_seq   BIGINT NOT NULL REFERENCES users (seq),
    name       TEXT NOT NULL,
    digest     BYTEA NOT NULL,
    redacted   TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX api_keys_id ON api_keys (id);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_user ON api_keys (user_seq);

CREATE TABLE audit (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT NOT NULL,
    at         BIGINT NOT NULL,
    operation  TEXT NOT NULL,
    actor_id   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    credential TEXT NOT NULL,
    via        TEXT NOT NULL,
    address    TEXT NOT NULL,
    request_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    changes    TEXT NOT NULL,
    salt       BYTEA NOT NULL,
    digest     BYTEA NOT NULL,
    place      BIGINT, -- in the chain; NULL until sealed
    hash       BYTEA
);
CREATE UNIQUE INDEX audit_id ON audit (id);
CREATE UNIQUE INDEX audit_place ON audit (place);
CREATE INDEX audit_unsealed ON audit (seq) WHERE place IS NULL;
