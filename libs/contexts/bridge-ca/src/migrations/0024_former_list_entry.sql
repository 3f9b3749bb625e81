-- The list of the former system that was uploaded last, while a batch is compared with it.
CREATE TABLE former_list_entry (
  batch_id uuid NOT NULL,
  serial bytea NOT NULL,
  revoked_at timestamptz NOT NULL,
  reason smallint,
  PRIMARY KEY (batch_id, serial)
);
