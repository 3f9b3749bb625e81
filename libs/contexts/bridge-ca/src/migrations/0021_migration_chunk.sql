-- Lines of a file until the step that loads them; encrypted, as certificates name their holders.
CREATE TABLE migration_chunk (
  upload_id uuid NOT NULL,
  chunk int NOT NULL,
  first_line int NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (upload_id, chunk)
);
