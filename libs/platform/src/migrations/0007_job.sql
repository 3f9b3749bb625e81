CREATE TABLE job (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL,
  owner       text NOT NULL,
  state       text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  parameters  jsonb NOT NULL,
  cursor      jsonb,
  done        bigint NOT NULL DEFAULT 0,
  total       bigint,
  result      jsonb,
  fault       text,
  tries       integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  created_at  timestamptz NOT NULL,
  started_at  timestamptz,
  ended_at    timestamptz
);
CREATE INDEX job_open ON job (created_at) WHERE state IN ('QUEUED', 'RUNNING');
