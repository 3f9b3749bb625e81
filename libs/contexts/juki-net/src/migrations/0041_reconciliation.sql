-- A comparison of the register with a municipality's own records (JUKI-4.6); a municipality has one under way.
CREATE TABLE reconciliation (
  run_id            uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('COMPARING', 'AWAITING_LEAVES', 'COMPLETED', 'ABANDONED')),
  as_of             date NOT NULL,
  job_id            uuid NOT NULL,
  records           integer,
  opened_at         timestamptz NOT NULL,
  completed_at      timestamptz
);
CREATE UNIQUE INDEX reconciliation_under_way ON reconciliation (municipality_code) WHERE state IN ('COMPARING', 'AWAITING_LEAVES');
