CREATE TABLE lint_finding (
  ca text NOT NULL,
  serial bigint NOT NULL,
  lints text[] NOT NULL,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (ca, serial)
);
COMMENT ON TABLE lint_finding IS 'certificates that a nightly sample found to break a rule after they were signed (JPKI 4.15, 7)';
