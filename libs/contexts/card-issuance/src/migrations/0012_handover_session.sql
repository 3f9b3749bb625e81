-- The hand-over saga (CARD-3.6, CARD-4.7): types of documents and flags, never their contents, never a PIN.
CREATE TABLE handover_session (
  session_id        uuid PRIMARY KEY,
  card_serial       text NOT NULL,
  municipality_code text NOT NULL,
  terminal_id       text NOT NULL,
  state             text NOT NULL,
  reason            text,
  method            text,
  documents         text[],
  pins              text[],
  certificates      text,
  activation_record text,
  opened_at         timestamptz NOT NULL,
  lease_until       timestamptz NOT NULL,
  chip_written_at   timestamptz,
  ended_at          timestamptz
);
CREATE UNIQUE INDEX handover_session_open ON handover_session (card_serial) WHERE ended_at IS NULL;
CREATE INDEX handover_session_lease ON handover_session (lease_until) WHERE ended_at IS NULL;
