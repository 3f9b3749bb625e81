CREATE TABLE reconciliation_bucket (
  run_id           uuid NOT NULL,
  bucket           smallint NOT NULL,
  state            text NOT NULL CHECK (state IN ('PENDING', 'EQUAL', 'DIFFERENT', 'DESCENDED')),
  municipal_digest bytea NOT NULL,
  municipal_count  integer NOT NULL,
  register_count   integer,
  PRIMARY KEY (run_id, bucket)
);
