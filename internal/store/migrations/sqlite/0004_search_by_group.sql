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
