CREATE TABLE person_progress (
  person_key uuid PRIMARY KEY,
  applied bigint NOT NULL,
  dead boolean NOT NULL,
  municipality_code text NOT NULL
);
