-- A link stands for all lines that were sealed together: a row a second instead of a row a line. Chains of before the first release begin anew.
DROP TABLE audit_chain;
CREATE TABLE audit_link (
  seq     bigint PRIMARY KEY,
  lines   integer NOT NULL,
  xid     xid8 NOT NULL,
  line_id uuid NOT NULL,
  hash    bytea NOT NULL
);
COMMENT ON TABLE audit_link IS 'journal: hash chain over audit_line; xid and line_id are those of the last line of a link';
