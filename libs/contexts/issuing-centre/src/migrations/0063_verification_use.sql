-- Verifications of a client in its present hour (CARD-4.16).
CREATE UNLOGGED TABLE verification_use (
  client bytea PRIMARY KEY,
  since timestamptz NOT NULL,
  used int NOT NULL
);
COMMENT ON COLUMN verification_use.client IS 'keyed hash of the address';
CREATE INDEX verification_use_since ON verification_use (since);
