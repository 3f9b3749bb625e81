-- The card ledger (CARD-3.5).
CREATE TABLE card (
  card_serial       text PRIMARY KEY,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  application_id    text NOT NULL,
  batch_id          uuid NOT NULL,
  record_no         integer NOT NULL,
  fact_version      bigint NOT NULL,
  state             text NOT NULL,
  chip_state        text NOT NULL CHECK (chip_state IN ('BLANK', 'PERSONALISED', 'ACTIVATED', 'TERMINATED')),
  reason            text,
  expiry_date       date NOT NULL,
  wish_sign         boolean NOT NULL,
  wish_auth         boolean NOT NULL,
  notice_no         text UNIQUE,
  version           integer NOT NULL,
  moved_at          timestamptz NOT NULL
);
-- A person has at most one card in use (Ministerial Ordinance 85 of 2014 art. 24).
CREATE UNIQUE INDEX card_in_use ON card (person_key) WHERE state IN ('ACTIVE', 'SUSPENDED');
CREATE INDEX card_person ON card (person_key);
CREATE INDEX card_batch ON card (batch_id);
CREATE INDEX card_municipality ON card (municipality_code, state, card_serial);
