-- The order of the chain is the key: one index to write for a line instead of two.
ALTER TABLE audit_line DROP CONSTRAINT audit_line_pkey;
DROP INDEX audit_line_order;
ALTER TABLE audit_line ADD PRIMARY KEY (xid, id, at);
