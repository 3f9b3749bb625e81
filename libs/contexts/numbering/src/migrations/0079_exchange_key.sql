-- Keys with which this side signs files and opens those sent to it (NUM-5.3); the private half is encrypted.
CREATE TABLE exchange_key (
  number      int PRIMARY KEY,
  private_key bytea NOT NULL,
  certificate bytea NOT NULL,
  not_after   timestamptz NOT NULL
);
