-- Of one municipality, or of the centre where none is named.
CREATE TABLE maintenance (
  id uuid PRIMARY KEY,
  municipality_code text,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  CHECK (from_at < until_at)
);
CREATE INDEX maintenance_until ON maintenance (until_at);
