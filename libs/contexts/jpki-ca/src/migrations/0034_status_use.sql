CREATE TABLE status_use (
  at timestamptz NOT NULL,
  organisation text NOT NULL,
  ca text NOT NULL,
  mode text NOT NULL,
  serial text COLLATE "C" NOT NULL,
  status text NOT NULL
);
-- Rows come in the order of time and are read by hours: a block index costs the answers next to nothing.
CREATE INDEX status_use_at ON status_use USING brin (at) WITH (autosummarize = on);
COMMENT ON TABLE status_use IS 'journal of what verifiers were answered (JPKI 4.13)';
