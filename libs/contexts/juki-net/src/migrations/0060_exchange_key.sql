-- The key with which this side signs files and opens those sent to it (JUKI-5.3); the private half is encrypted.
CREATE TABLE exchange_key (
  number      int PRIMARY KEY,
  private_key bytea NOT NULL,
  certificate bytea NOT NULL,
  made_at     timestamptz NOT NULL
);
