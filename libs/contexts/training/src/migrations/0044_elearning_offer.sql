CREATE TABLE elearning_offer (
  course_id uuid PRIMARY KEY REFERENCES course,
  package_id uuid NOT NULL REFERENCES learning_package,
  assessment_id uuid REFERENCES assessment,
  floor int NOT NULL,
  pool_places int NOT NULL,
  pool_taken int NOT NULL,
  pooled_at timestamptz,
  opened_at timestamptz NOT NULL,
  CHECK (pool_taken BETWEEN 0 AND pool_places)
);
