CREATE TABLE body (
  code text PRIMARY KEY,
  kind text NOT NULL,
  name text NOT NULL,
  population int NOT NULL,
  staff int NOT NULL,
  coordinator_mail bytea,
  changed_at timestamptz NOT NULL
);
