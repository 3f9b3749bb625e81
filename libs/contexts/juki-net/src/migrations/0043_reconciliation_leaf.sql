-- The register's leaves of a run under way: code, version and hash, encrypted; they go with the bucket that is equal or settled.
CREATE TABLE reconciliation_leaf (
  run_id     uuid NOT NULL,
  bucket     smallint NOT NULL,
  person_key uuid NOT NULL,
  sealed     bytea NOT NULL,
  PRIMARY KEY (run_id, bucket, person_key)
);
