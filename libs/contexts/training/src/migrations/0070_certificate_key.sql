CREATE TABLE certificate_key (
  generation int PRIMARY KEY,
  kid text NOT NULL UNIQUE,
  label text NOT NULL,
  sealed bytea,
  public_key bytea NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON COLUMN certificate_key.sealed IS 'what the key store sealed; the signing key is computed from the key that it opens to';
