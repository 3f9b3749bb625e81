CREATE TABLE audit_chain (
  seq     bigint PRIMARY KEY,
  line_at timestamptz NOT NULL,
  line_id uuid NOT NULL,
  xid     xid8 NOT NULL,
  hash    bytea NOT NULL
);
COMMENT ON TABLE audit_chain IS 'journal: hash chain over audit_line';
