CREATE TABLE course (
  id uuid PRIMARY KEY,
  code text NOT NULL,
  fiscal_year int NOT NULL,
  title text NOT NULL,
  series text NOT NULL,
  kind text NOT NULL,
  level text NOT NULL,
  target_posts text[] NOT NULL,
  planned_minutes int NOT NULL,
  prerequisites text[] NOT NULL,
  completion_rule text NOT NULL,
  fee_yen int NOT NULL,
  eligible jsonb NOT NULL,
  capacity int,
  opens_on date,
  closes_on date,
  state text NOT NULL,
  drafted_by text NOT NULL,
  version int NOT NULL,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  -- Places and a period of its own has e-learning only; a seminar has them by session (TRN-3.1).
  CHECK ((kind = 'ELEARNING') = (capacity IS NOT NULL AND opens_on IS NOT NULL AND closes_on IS NOT NULL))
);
CREATE UNIQUE INDEX course_code ON course (fiscal_year, code);
COMMENT ON COLUMN course.planned_minutes IS 'of one session, or of all units of e-learning';
