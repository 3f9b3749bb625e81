-- The monthly extract for the migration report (住民基本台帳人口移動報告, JUKI-4.10); its job goes on where another stopped.
CREATE TABLE statistics_extract (
  extract_id   uuid PRIMARY KEY,
  month        text NOT NULL UNIQUE,
  state        text NOT NULL CHECK (state IN ('RUNNING', 'COMPLETED')),
  job_id       uuid NOT NULL,
  rows         integer,
  sha256       bytea,
  made_at      timestamptz NOT NULL,
  completed_at timestamptz
);
