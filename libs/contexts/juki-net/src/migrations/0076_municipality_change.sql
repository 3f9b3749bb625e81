-- Changes of municipalities (市町村合併 and the like): two officers, one day. `town_codes` empty: the whole of the former ones passes.
CREATE TABLE municipality_change (
  change_id    uuid PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('MERGER', 'SPLIT', 'RENAME', 'WARD')),
  new_code     text NOT NULL,
  new_name     text NOT NULL,
  effective_on date NOT NULL,
  town_codes   text[] NOT NULL,
  state        text NOT NULL CHECK (state IN ('PLANNED', 'APPROVED', 'RUNNING', 'COMPLETED', 'WITHDRAWN')),
  planned_by   text NOT NULL,
  approved_by  text,
  job_id       uuid,
  changed_at   timestamptz NOT NULL
);
CREATE INDEX municipality_change_ahead ON municipality_change (effective_on) WHERE state IN ('APPROVED', 'RUNNING');
