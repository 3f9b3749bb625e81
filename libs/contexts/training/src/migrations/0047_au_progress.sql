CREATE TABLE au_progress (
  registration_id uuid NOT NULL REFERENCES elearning_registration,
  au int NOT NULL,
  completed_at timestamptz,
  passed_at timestamptz,
  failed_at timestamptz,
  waived_at timestamptz,
  score numeric(7, 6),
  PRIMARY KEY (registration_id, au)
);
