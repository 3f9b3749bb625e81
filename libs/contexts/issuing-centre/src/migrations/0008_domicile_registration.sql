CREATE TABLE domicile_registration (
  id uuid PRIMARY KEY,
  serial text NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL REFERENCES municipal_server,
  state text NOT NULL,
  -- What the resident wrote, until it is decided.
  statement bytea,
  resident_key bytea,
  requested_at timestamptz NOT NULL,
  decided_at timestamptz,
  UNIQUE (serial, municipality_code)
);
CREATE INDEX domicile_registration_card ON domicile_registration (card_serial);
CREATE INDEX domicile_registration_waiting ON domicile_registration (municipality_code, id) WHERE state = 'REQUESTED';
