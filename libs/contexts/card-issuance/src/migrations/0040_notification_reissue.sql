-- A notification card issued again, by an envelope of its own, and the fee that was due (CARD-4.2).
CREATE TABLE notification_reissue (
  reissue_id        uuid PRIMARY KEY,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  ground            text NOT NULL,
  fee_yen           integer NOT NULL,
  issued_by         text NOT NULL,
  issued_at         timestamptz NOT NULL
);
CREATE INDEX notification_reissue_person ON notification_reissue (person_key);
