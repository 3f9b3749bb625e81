CREATE TABLE settlement_run (
  month text PRIMARY KEY,
  run int NOT NULL,
  differences int NOT NULL,
  made_at timestamptz NOT NULL
);
