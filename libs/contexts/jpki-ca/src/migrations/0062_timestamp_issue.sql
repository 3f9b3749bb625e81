CREATE TABLE timestamp_issue (
  serial text COLLATE "C" PRIMARY KEY,
  at timestamptz NOT NULL,
  organisation text NOT NULL,
  imprint text NOT NULL
);
CREATE INDEX timestamp_issue_at ON timestamp_issue (at);
COMMENT ON TABLE timestamp_issue IS 'journal of the time-stamps that were given (JPKI 4.3)';
