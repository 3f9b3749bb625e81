-- Where the ledger, the certificates and the register disagree about a card (CARD-3.5, Q6); one open row a card and kind.
CREATE TABLE state_mismatch (
  mismatch_id       uuid PRIMARY KEY,
  card_serial       text NOT NULL,
  municipality_code text NOT NULL,
  kind              text NOT NULL,
  found_at          timestamptz NOT NULL,
  alarmed_at        timestamptz,
  settled_at        timestamptz,
  resolved_at       timestamptz
);
CREATE UNIQUE INDEX state_mismatch_open ON state_mismatch (card_serial, kind) WHERE resolved_at IS NULL;
CREATE INDEX state_mismatch_waiting ON state_mismatch (found_at) WHERE resolved_at IS NULL;
COMMENT ON COLUMN state_mismatch.settled_at IS 'when the rules did what they allow; the next comparison tells whether it helped';
