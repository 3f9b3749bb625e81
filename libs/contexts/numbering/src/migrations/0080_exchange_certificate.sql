-- With which certificates a municipality signs its files and receives ours (NUM-5.3); the newest is sealed to.
CREATE TABLE exchange_certificate (
  municipality_code text NOT NULL,
  fingerprint       bytea NOT NULL,
  certificate       bytea NOT NULL,
  registered_by     text NOT NULL,
  registered_at     timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, fingerprint)
);
