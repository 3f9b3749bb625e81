-- What the lists of an own authority name, for its two kinds of lists: certificates of authorities, and of holders (JPKI 4.8).
CREATE TABLE revoked_certificate (
  authority_id text NOT NULL REFERENCES authority,
  serial numeric(49) NOT NULL,
  list text NOT NULL CHECK (list IN ('ARL', 'CRL')),
  revoked_at timestamptz NOT NULL,
  reason text NOT NULL,
  invalidity_date timestamptz,
  not_after timestamptz NOT NULL,
  PRIMARY KEY (authority_id, serial)
);
