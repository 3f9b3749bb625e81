-- Decoded fronts for the five minutes that they are shown: not in the write-ahead log, and so in no backup (CARD-4.16).
CREATE UNLOGGED TABLE shown_front (
  token_hash bytea PRIMARY KEY,
  image bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN shown_front.image IS 'encrypted';
CREATE INDEX shown_front_expiry ON shown_front (expires_at);
