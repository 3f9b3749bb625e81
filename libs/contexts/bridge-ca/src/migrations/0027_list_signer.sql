-- The key of the agency that each generation of a prefecture's authority certified for its lists before its own key is destroyed (JPKI-4.12 b).
CREATE TABLE list_signer (
  prefecture text NOT NULL,
  generation int NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  status_list bytea NOT NULL,
  issued_at timestamptz NOT NULL,
  issued_by text NOT NULL,
  PRIMARY KEY (prefecture, generation)
);
