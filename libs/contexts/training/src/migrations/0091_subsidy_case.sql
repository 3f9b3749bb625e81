CREATE TABLE subsidy_case (
  id uuid PRIMARY KEY,
  host text NOT NULL,
  prefecture text NOT NULL,
  fiscal_year int NOT NULL,
  title text NOT NULL,
  municipalities text[] NOT NULL,
  planned_on date NOT NULL,
  planned_participants int NOT NULL,
  planned_costs jsonb NOT NULL,
  state text NOT NULL,
  approved_yen int,
  held_on date,
  actual_costs jsonb,
  participants int,
  fixed_yen int,
  note text,
  applied_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX subsidy_case_host ON subsidy_case (host, id);
CREATE INDEX subsidy_case_open ON subsidy_case (id) WHERE state IN ('APPROVED', 'HELD');
COMMENT ON COLUMN subsidy_case.host IS 'organisation of the prefecture, or of the association for which the agency filed';
