-- Independent passes over ledger, link and assignments (NUM-7). A run that found a violation halts drawing until two officers clear it.
CREATE TABLE uniqueness_run (
  run_id          uuid PRIMARY KEY,
  state           text NOT NULL CHECK (state IN ('RUNNING', 'CLEAN', 'VIOLATED', 'CLEARED')),
  job_id          uuid NOT NULL,
  ledger_rows     bigint NOT NULL DEFAULT 0,
  link_rows       bigint NOT NULL DEFAULT 0,
  assignment_rows bigint NOT NULL DEFAULT 0,
  violations      jsonb NOT NULL DEFAULT '{}',
  clearance_by    text,
  cleared_by      text,
  started_at      timestamptz NOT NULL,
  ended_at        timestamptz
);
CREATE INDEX uniqueness_run_halting ON uniqueness_run (run_id) WHERE state = 'VIOLATED';
