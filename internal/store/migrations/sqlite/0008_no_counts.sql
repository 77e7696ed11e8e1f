-- Whether few users are in a state is asked of its index when it matters; to
-- count them cost each change more.
DROP TRIGGER user_counts_update;
DROP TRIGGER users_insert;
DROP TABLE user_counts;
CREATE TRIGGER users_insert AFTER INSERT ON users BEGIN
    INSERT INTO users_to_index VALUES (new.seq, 0) ON CONFLICT (seq) DO NOTHING;
    INSERT INTO domains VALUES (substr(new.email_key, instr(new.email_key, '@') + 1)) ON CONFLICT (name) DO NOTHING;
END;
