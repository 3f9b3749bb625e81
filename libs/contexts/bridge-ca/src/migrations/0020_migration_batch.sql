CREATE TABLE migration_batch (
  id uuid PRIMARY KEY,
  prefecture text NOT NULL,
  continuity text NOT NULL,
  state text NOT NULL,
  signer bytea NOT NULL,
  upload_id uuid,
  file_sha256 bytea,
  lines int,
  trailer text,
  list_number bigint,
  list_sha256 bytea,
  list_at timestamptz,
  list_entries int,
  job_id uuid,
  faults int NOT NULL DEFAULT 0,
  statement text,
  acceptance bytea,
  accepted_by text,
  told int NOT NULL DEFAULT 0,
  planned_by text NOT NULL,
  planned_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
-- One that was not rejected for each prefecture (JPKI-3.12).
CREATE UNIQUE INDEX migration_batch_prefecture ON migration_batch (prefecture) WHERE state <> 'REJECTED';
