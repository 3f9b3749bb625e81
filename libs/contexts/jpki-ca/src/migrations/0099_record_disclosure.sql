CREATE TABLE record_disclosure (
  id uuid PRIMARY KEY,
  ca text NOT NULL,
  serial bigint NOT NULL,
  case_no text NOT NULL,
  identity_ref text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  confirmed_by text,
  confirmed_at timestamptz,
  FOREIGN KEY (ca, serial) REFERENCES issuance_record (ca, serial)
);
CREATE INDEX record_disclosure_certificate ON record_disclosure (ca, serial, confirmed_at);
