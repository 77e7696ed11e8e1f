ALTER TABLE users ADD COLUMN password_hash TEXT; -- PHC string; NULL: none chosen
ALTER TABLE users ADD COLUMN password_at INTEGER;

CREATE TABLE sessions (
    digest     BLOB PRIMARY KEY,
    id         TEXT NOT NULL,
    user_seq   INTEGER NOT NULL REFERENCES users (seq),
    restricted INTEGER NOT NULL, -- good for choosing a password and for nothing else
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address    TEXT NOT NULL,
    agent      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_id ON sessions (id);
CREATE INDEX sessions_user ON sessions (user_seq);
CREATE INDEX sessions_end ON sessions (expires_at);

CREATE TABLE attempts (
    key      TEXT PRIMARY KEY, -- what is counted: an account, an address, a browser
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_last ON attempts (last_at);

CREATE INDEX tokens_user ON tokens (user_seq);
ALTER TABLE api_keys ADD COLUMN description TEXT NOT NULL DEFAULT '';
