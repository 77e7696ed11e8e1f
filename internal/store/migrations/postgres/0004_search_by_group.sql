-- Backwards, up to the @: who has "ann@example.com" in their address stands together.
CREATE INDEX users_address ON users ((reverse(split_part(email_key, '@', 1))) COLLATE "C");
