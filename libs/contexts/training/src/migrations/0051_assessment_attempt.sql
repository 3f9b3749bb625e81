CREATE TABLE assessment_attempt (
  id uuid PRIMARY KEY,
  registration_id uuid NOT NULL REFERENCES elearning_registration,
  assessment_id uuid NOT NULL REFERENCES assessment,
  number int NOT NULL,
  seed text NOT NULL,
  state text NOT NULL,
  opened_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  ended_at timestamptz,
  score numeric(7, 6)
);
CREATE UNIQUE INDEX assessment_attempt_number ON assessment_attempt (registration_id, number);
CREATE UNIQUE INDEX assessment_attempt_open ON assessment_attempt (registration_id) WHERE state = 'OPEN';
CREATE INDEX assessment_attempt_due ON assessment_attempt (due_at) WHERE state = 'OPEN';
