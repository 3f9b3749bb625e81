-- A difference lasts over the runs that find it; run_id is the last of them. One that is not resolved exists once a code.
CREATE TABLE reconciliation_difference (
  difference_id     uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  run_id            uuid NOT NULL,
  code_index        bytea NOT NULL,
  sealed_code       bytea NOT NULL,
  person_key        uuid,
  class             text NOT NULL CHECK (class IN ('MISSING_UP', 'MISSING_DOWN', 'STALE', 'CONTENT')),
  municipal_version integer,
  register_version  integer,
  state             text NOT NULL CHECK (state IN ('OPEN', 'EXPLAINED', 'RESOLVED')),
  explanation       text,
  found_on          date NOT NULL,
  due_on            date NOT NULL
);
CREATE UNIQUE INDEX reconciliation_difference_standing ON reconciliation_difference (municipality_code, code_index) WHERE state <> 'RESOLVED';
CREATE INDEX reconciliation_difference_run ON reconciliation_difference (run_id, difference_id);
