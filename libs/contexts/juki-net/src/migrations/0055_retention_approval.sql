CREATE TABLE retention_approval (
  lot_id  uuid NOT NULL,
  officer text NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (lot_id, officer)
);
COMMENT ON TABLE retention_approval IS 'journal of who approved that a lot is purged';
