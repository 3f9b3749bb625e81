CREATE TABLE reconciliation (
  id uuid PRIMARY KEY,
  state text NOT NULL,
  evidence_ref text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  confirmed_by text,
  next_copy bigint NOT NULL,
  last_copy bigint NOT NULL,
  lists_after text NOT NULL DEFAULT '',
  reentered int NOT NULL DEFAULT 0,
  unrecorded int NOT NULL DEFAULT 0,
  unverified_lists int NOT NULL DEFAULT 0,
  finished_at timestamptz
);
CREATE UNIQUE INDEX reconciliation_open ON reconciliation ((true)) WHERE state <> 'DONE';
