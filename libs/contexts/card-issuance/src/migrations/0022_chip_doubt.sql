-- From the moment a terminal may activate a chip until the ledger knows whether it did, ledger and chip may disagree: one row a hand-over (CARD-3.5).
CREATE TABLE chip_doubt (
  doubt_id       uuid PRIMARY KEY,
  session_id        uuid NOT NULL UNIQUE,
  card_serial       text NOT NULL,
  municipality_code text NOT NULL,
  opened_at         timestamptz NOT NULL,
  resolved_at       timestamptz,
  resolution        text
);
CREATE INDEX chip_doubt_open ON chip_doubt (municipality_code, opened_at) WHERE resolved_at IS NULL;
CREATE INDEX chip_doubt_card ON chip_doubt (card_serial) WHERE resolved_at IS NULL;
