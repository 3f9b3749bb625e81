-- Numbers of the link as a running pass has decrypted them, until they are merged with the ledger. `owner` is blind and another one in each run:
-- it tells two people apart and leads to nobody.
CREATE TABLE uniqueness_number (
  run_id uuid NOT NULL,
  base11 bigint NOT NULL,
  owner  bytea NOT NULL,
  open   boolean NOT NULL
);
CREATE INDEX uniqueness_number_order ON uniqueness_number (run_id, base11);
