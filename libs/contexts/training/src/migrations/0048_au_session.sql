CREATE TABLE au_session (
  id uuid PRIMARY KEY,
  registration_id uuid NOT NULL REFERENCES elearning_registration,
  au int NOT NULL,
  mode text NOT NULL,
  state text NOT NULL,
  is_completed boolean NOT NULL DEFAULT false,
  is_passed boolean NOT NULL DEFAULT false,
  is_failed boolean NOT NULL DEFAULT false,
  launch_hash bytea NOT NULL,
  auth_hash bytea,
  launched_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE UNIQUE INDEX au_session_launch ON au_session (launch_hash);
CREATE UNIQUE INDEX au_session_auth ON au_session (auth_hash);
-- At most one is open: a new launch abandons the one before (cmi5 9.3.6).
CREATE UNIQUE INDEX au_session_open ON au_session (registration_id) WHERE state IN ('LAUNCHED', 'INITIALIZED');
CREATE INDEX au_session_idle ON au_session (last_at) WHERE state IN ('LAUNCHED', 'INITIALIZED');
