-- Who had the numbers drawn since a moment read out of a copy, and why (NUM-7); the numbers themselves stand in the link.
CREATE TABLE ledger_list (
  list_id  uuid PRIMARY KEY,
  since    timestamptz NOT NULL,
  reason   text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL
);
COMMENT ON TABLE ledger_list IS 'journal of who had drawn numbers read out of a copy';
