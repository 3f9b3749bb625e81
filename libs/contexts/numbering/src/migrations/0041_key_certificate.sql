CREATE TABLE key_certificate (
  ceremony_id  uuid PRIMARY KEY,
  certificate  text NOT NULL,
  sha256       text NOT NULL,
  destroyed_at timestamptz NOT NULL
);
COMMENT ON TABLE key_certificate IS 'journal of the certificates of destroyed keys';
