-- Hand-overs undone after certificates may have come into force: these must not stay (CARD-4.7).
CREATE TABLE certificate_withdrawal (
  session_id   uuid PRIMARY KEY,
  card_serial  text NOT NULL,
  person_key   uuid NOT NULL,
  queued_at    timestamptz NOT NULL,
  done_at      timestamptz,
  refused      integer NOT NULL DEFAULT 0,
  refusal_code text
);
CREATE INDEX certificate_withdrawal_waiting ON certificate_withdrawal (card_serial) WHERE done_at IS NULL;
