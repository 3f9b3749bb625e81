CREATE TABLE attendance (
  enrolment_id uuid NOT NULL REFERENCES enrolment,
  half_day int NOT NULL,
  minutes int NOT NULL,
  source text NOT NULL,
  taken_by text NOT NULL,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (enrolment_id, half_day),
  CHECK (minutes >= 0)
);
