-- Lines of a file that wait for their job, encrypted; first as they came, then checked and with their keys. A chunk goes when it is matched.
CREATE TABLE initial_match_chunk (
  match_id    uuid NOT NULL,
  chunk       integer NOT NULL,
  first_line  integer NOT NULL,
  normalised  boolean NOT NULL DEFAULT false,
  sealed      bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (match_id, chunk)
);
ALTER TABLE initial_match_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
