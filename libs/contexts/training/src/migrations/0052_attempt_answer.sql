CREATE TABLE attempt_answer (
  attempt_id uuid NOT NULL REFERENCES assessment_attempt,
  item_id text NOT NULL,
  place int NOT NULL,
  options text[] NOT NULL,
  answer text[],
  saved_at timestamptz,
  score numeric(7, 6),
  PRIMARY KEY (attempt_id, item_id)
);
CREATE INDEX attempt_answer_of_item ON attempt_answer (item_id) WHERE score IS NOT NULL;
