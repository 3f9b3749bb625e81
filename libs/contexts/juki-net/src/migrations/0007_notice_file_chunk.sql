-- Lines of a file that wait for their job, encrypted because they hold resident codes; a chunk goes when it has been worked on.
CREATE TABLE notice_file_chunk (
  file_id     uuid NOT NULL,
  chunk       integer NOT NULL,
  first_line  integer NOT NULL,
  lines       integer NOT NULL,
  sealed      bytea NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (file_id, chunk)
);
ALTER TABLE notice_file_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
