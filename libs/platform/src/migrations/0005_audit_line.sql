-- Partitioned by year; the order of the chain is (xid, id), which is stable below the snapshot horizon.
CREATE TABLE audit_line (
  at    timestamptz NOT NULL,
  id    uuid NOT NULL,
  xid   xid8 NOT NULL DEFAULT pg_current_xact_id(),
  entry text NOT NULL,
  PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE audit_line IS 'journal of who did what to which object for which purpose';
CREATE INDEX audit_line_order ON audit_line (xid, id);
CREATE TABLE audit_line_other PARTITION OF audit_line DEFAULT;
DO $$
BEGIN
  FOR year IN 2015..2045 LOOP
    EXECUTE format('CREATE TABLE audit_line_%s PARTITION OF audit_line FOR VALUES FROM (%L) TO (%L)',
      year, year || '-01-01T00:00:00Z', (year + 1) || '-01-01T00:00:00Z');
  END LOOP;
END $$;
