-- A comparison of a prefecture's copy with the national one (JUKI-4.6); a prefecture has one under way. Numbers only.
CREATE TABLE prefecture_run (
  run_id       uuid PRIMARY KEY,
  prefecture   text NOT NULL,
  state        text NOT NULL CHECK (state IN ('COMPARING', 'COMPLETED', 'ABANDONED')),
  as_of        date NOT NULL,
  job_id       uuid NOT NULL,
  compared     integer,
  opened_at    timestamptz NOT NULL,
  completed_at timestamptz
);
CREATE UNIQUE INDEX prefecture_run_under_way ON prefecture_run (prefecture) WHERE state = 'COMPARING';
