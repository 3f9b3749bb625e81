-- Named positions of recurring work; an operator may set one back.
CREATE TABLE cursor (
  name     text PRIMARY KEY,
  value    text NOT NULL,
  moved_at timestamptz NOT NULL
);
