CREATE TABLE resident_link (
  kind text NOT NULL,
  -- Serial number of the authentication certificate, or id of the ordinance application.
  link_id text NOT NULL,
  municipality_code text NOT NULL REFERENCES municipal_server,
  resident_key bytea NOT NULL,
  card_serial text,
  public_key bytea,
  linked_at timestamptz NOT NULL,
  PRIMARY KEY (kind, link_id)
);
CREATE INDEX resident_link_card ON resident_link (card_serial);
