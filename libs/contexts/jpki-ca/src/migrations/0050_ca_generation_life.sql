-- A generation is planned and has a key before it has a certificate; its events are counted (JPKI 3.1).
ALTER TABLE ca_key_generation
  ALTER COLUMN certificate DROP NOT NULL, ALTER COLUMN serial DROP NOT NULL, ALTER COLUMN not_before DROP NOT NULL, ALTER COLUMN not_after DROP NOT NULL,
  ADD COLUMN key_checksum text, ADD COLUMN activate_at timestamptz, ADD COLUMN activated_at timestamptz, ADD COLUMN reported_by text, ADD COLUMN out_of_use_at timestamptz,
  ADD COLUMN version int NOT NULL DEFAULT 0;
