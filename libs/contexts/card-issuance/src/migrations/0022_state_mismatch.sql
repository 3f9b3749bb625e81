-- From the moment a terminal may activate a chip until the ledger knows whether it did, ledger and chip may disagree: one row a hand-over (CARD-3.5).
CREATE TABLE state_mismatch (
  mismatch_id       uuid PRIMARY KEY,
  session_id        uuid NOT NULL UNIQUE,
  card_serial       text NOT NULL,
  municipality_code text NOT NULL,
  opened_at         timestamptz NOT NULL,
  resolved_at       timestamptz,
  resolution        text
);
CREATE INDEX state_mismatch_open ON state_mismatch (municipality_code, opened_at) WHERE resolved_at IS NULL;
CREATE INDEX state_mismatch_card ON state_mismatch (card_serial) WHERE resolved_at IS NULL;
