CREATE TABLE municipal_server (
  municipality_code text PRIMARY KEY,
  -- Shared with the municipality; encrypted.
  binding_key bytea NOT NULL,
  types text[] NOT NULL,
  register_from text NOT NULL,
  register_until text NOT NULL,
  -- Failures of the last half minute; emptied by an answer.
  failures timestamptz[] NOT NULL DEFAULT '{}',
  down_since timestamptz,
  tried_at timestamptz,
  slow_at timestamptz,
  changed_at timestamptz NOT NULL
);
