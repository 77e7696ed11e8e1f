-- A virtual table writes its pages at the end of every savepoint in which it
-- was touched. So a change only notes here whom it concerns, and the writer
-- brings the index up to date once, at the end of its group (index.go).
DROP TRIGGER users_tri_insert;
DROP TRIGGER users_tri_delete;
CREATE TABLE users_to_index (
    seq     INTEGER PRIMARY KEY,
    indexed INTEGER NOT NULL -- was in the index before the group
) STRICT;
CREATE TRIGGER users_to_index_insert AFTER INSERT ON users BEGIN
    INSERT INTO users_to_index VALUES (new.seq, 0) ON CONFLICT (seq) DO NOTHING;
END;
CREATE TRIGGER users_to_index_update AFTER UPDATE OF state, email_key ON users
WHEN new.state <> old.state AND 'DELETED' IN (new.state, old.state) OR new.email_key <> old.email_key BEGIN
    INSERT INTO users_to_index VALUES (new.seq, old.state <> 'DELETED') ON CONFLICT (seq) DO NOTHING;
END;

-- People share domains: their trigrams are in everybody's address and tell
-- nobody apart. So the index holds addresses up to the second character of the
-- domain, and the few domains that there are stand in a table of their own.
INSERT INTO users_tri (users_tri) VALUES ('delete-all');
INSERT INTO users_tri (rowid, email_key)
SELECT seq, substr(email_key, 1, instr(email_key, '@') + 2) FROM users WHERE state <> 'DELETED' ORDER BY seq;
CREATE TABLE domains (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO domains SELECT DISTINCT substr(email_key, instr(email_key, '@') + 1) FROM users;
CREATE TRIGGER domains_insert AFTER INSERT ON users BEGIN
    INSERT INTO domains VALUES (substr(new.email_key, instr(new.email_key, '@') + 1)) ON CONFLICT (name) DO NOTHING;
END;
CREATE TRIGGER domains_update AFTER UPDATE OF email_key ON users WHEN new.email_key <> old.email_key BEGIN
    INSERT INTO domains VALUES (substr(new.email_key, instr(new.email_key, '@') + 1)) ON CONFLICT (name) DO NOTHING;
    DELETE FROM domains WHERE name = substr(old.email_key, instr(old.email_key, '@') + 1)
        AND NOT EXISTS (SELECT 1 FROM users WHERE substr(email_key, instr(email_key, '@') + 1) = +name);
END;

-- By domain, and there by the end of what stands before it, backwards, so that
-- who has "ann@example.com" in their address stands together.
CREATE INDEX users_address ON users (
    substr(email_key, instr(email_key, '@') + 1),
    substr('      ' || email_key, instr(email_key, '@') + 5, 1) || substr('      ' || email_key, instr(email_key, '@') + 4, 1) ||
    substr('      ' || email_key, instr(email_key, '@') + 3, 1) || substr('      ' || email_key, instr(email_key, '@') + 2, 1) ||
    substr('      ' || email_key, instr(email_key, '@') + 1, 1) || substr('      ' || email_key, instr(email_key, '@'), 1)
);
