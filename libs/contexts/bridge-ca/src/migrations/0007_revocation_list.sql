CREATE TABLE revocation_list (
  authority_id text NOT NULL REFERENCES authority,
  list text NOT NULL CHECK (list IN ('ARL', 'CRL')),
  last_number int NOT NULL DEFAULT 0,
  last_scheduled_at timestamptz,
  PRIMARY KEY (authority_id, list)
);
