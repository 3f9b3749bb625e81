-- With which certificate an organisation signs its files and receives ours; the newest counts.
CREATE TABLE exchange_certificate (
  institution   text NOT NULL,
  organisation  text NOT NULL,
  fingerprint   bytea NOT NULL,
  certificate   bytea NOT NULL,
  not_after     timestamptz NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (institution, organisation, fingerprint)
);
