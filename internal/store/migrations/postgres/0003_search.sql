-- Search in addresses by trigrams, and rare states by their index; which of
-- them a query uses is the planner's choice, by its statistics.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX users_tri ON users USING gin (email_key gin_trgm_ops) WHERE state <> 'DELETED';
CREATE INDEX users_state ON users (state, seq, invited_until);
