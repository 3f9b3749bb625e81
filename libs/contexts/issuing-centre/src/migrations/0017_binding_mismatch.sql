CREATE TABLE binding_mismatch (
  request_id text PRIMARY KEY REFERENCES certificate_request,
  municipality_code text NOT NULL,
  type text NOT NULL,
  faults text[] NOT NULL,
  -- What was answered, encrypted, until it is purged.
  evidence bytea,
  at timestamptz NOT NULL
);
CREATE INDEX binding_mismatch_kept ON binding_mismatch (at) WHERE evidence IS NOT NULL;
