CREATE TABLE double_run (
  batch_id uuid NOT NULL,
  day date NOT NULL,
  list_number bigint NOT NULL,
  list_at timestamptz NOT NULL,
  entries int NOT NULL,
  differences int NOT NULL,
  compared_at timestamptz NOT NULL,
  compared_by text NOT NULL,
  PRIMARY KEY (batch_id, day)
);
