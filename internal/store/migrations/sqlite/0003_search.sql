-- Search in addresses: the trigrams of each, without the text and without
-- positions, a tenth of the table's size. A user's seq is the rowid, so a
-- search streams in listing order. The key is folded already, hence
-- case_sensitive. Deleted users leave the index.
CREATE VIRTUAL TABLE users_tri USING fts5 (
    email_key, tokenize = 'trigram case_sensitive 1', content = '', contentless_delete = 1, detail = none
);
CREATE TRIGGER users_tri_insert AFTER INSERT ON users BEGIN
    INSERT INTO users_tri (rowid, email_key) VALUES (new.seq, new.email_key);
END;
CREATE TRIGGER users_tri_delete AFTER UPDATE OF state ON users WHEN new.state = 'DELETED' AND old.state <> 'DELETED' BEGIN
    DELETE FROM users_tri WHERE rowid = new.seq;
END;
INSERT INTO users_tri (rowid, email_key) SELECT seq, email_key FROM users WHERE state <> 'DELETED' ORDER BY seq;

-- How many users are in each state: a filter on a rare one reads its index,
-- any other the table.
CREATE TABLE user_counts (state TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO user_counts VALUES ('ACTIVE', 0), ('INVITED', 0), ('DELETED', 0);
UPDATE user_counts SET n = (SELECT count(*) FROM users WHERE users.state = user_counts.state);
CREATE TRIGGER user_counts_insert AFTER INSERT ON users BEGIN
    UPDATE user_counts SET n = n + 1 WHERE state = new.state;
END;
CREATE TRIGGER user_counts_update AFTER UPDATE OF state ON users WHEN new.state <> old.state BEGIN
    UPDATE user_counts SET n = n - 1 WHERE state = old.state;
    UPDATE user_counts SET n = n + 1 WHERE state = new.state;
END;
CREATE INDEX users_state ON users (state, seq, invited_until);
