-- Lines answered 90, which cost nothing, and of which moment the answers of a prefecture's copy are (JUKI-7).
ALTER TABLE provision_batch ADD COLUMN postponed integer NOT NULL DEFAULT 0, ADD COLUMN as_of timestamptz;
