CREATE TABLE municipality (
  municipality_code text PRIMARY KEY,
  name text NOT NULL,
  mayor text NOT NULL,
  seal bytea NOT NULL,
  served text[] NOT NULL,
  options text[] NOT NULL,
  binding_key bytea NOT NULL,
  changed_at timestamptz NOT NULL
);
COMMENT ON COLUMN municipality.seal IS 'encrypted: the image of the official seal';
COMMENT ON COLUMN municipality.binding_key IS 'encrypted: shared with the issuing centre (CARD-4.15)';
