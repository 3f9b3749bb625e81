CREATE TABLE notice_file (
  file_id           uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  sha256            bytea NOT NULL,
  job_id            uuid NOT NULL,
  state             text NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'COMPLETED')),
  rows              integer NOT NULL,
  applied           integer NOT NULL DEFAULT 0,
  repeated          integer NOT NULL DEFAULT 0,
  held              integer NOT NULL DEFAULT 0,
  quarantined       integer NOT NULL DEFAULT 0,
  rejected          integer NOT NULL DEFAULT 0,
  received_at       timestamptz NOT NULL,
  UNIQUE (municipality_code, sha256)
);
