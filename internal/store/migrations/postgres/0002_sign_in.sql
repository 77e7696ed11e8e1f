ALTER TABLE users ADD COLUMN password_hash TEXT; -- PHC string; NULL: none chosen
ALTER TABLE users ADD COLUMN password_at BIGINT;

CREATE TABLE sessions (
    digest     BYTEA PRIMARY KEY,
    id         TEXT NOT NULL,
    user_seq   BIGINT NOT NULL REFERENCES users (seq),
    restricted BOOLEAN NOT NULL, -- good for choosing a password and for nothing else
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
);
CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user ON sessions (user_seq);
CREATE INDEX sessions_end ON sessions (expires_at);

CREATE TABLE attempts (
    key      TEXT PRIMARY KEY, -- what is counted: an account, an address, a browser
    failures BIGINT NOT NULL,
    last_at  BIGINT NOT NULL
);
CREATE INDEX attempts_last ON attempts (last_at);

CREATE INDEX tokens_user ON tokens (user_seq);
ALTER TABLE api_keys ADD COLUMN description TEXT NOT NULL DEFAULT '';
