CREATE TABLE assessment (
  id uuid PRIMARY KEY,
  course_id uuid NOT NULL REFERENCES course,
  title text NOT NULL,
  pass_score numeric(5, 4) NOT NULL,
  limit_minutes int NOT NULL,
  drawn jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  CHECK (pass_score BETWEEN 0 AND 1)
);
