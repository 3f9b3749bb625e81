CREATE TABLE front_key (
  generation int PRIMARY KEY,
  kid text NOT NULL UNIQUE,
  label text NOT NULL,
  sealed bytea,
  public_key bytea NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON COLUMN front_key.sealed IS 'what the key store sealed; the signing key and the keys of images are computed from the key that it opens to';
