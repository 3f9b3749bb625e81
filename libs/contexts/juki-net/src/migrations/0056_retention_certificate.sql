CREATE TABLE retention_certificate (
  lot_id    uuid PRIMARY KEY,
  kind      text NOT NULL,
  month     text NOT NULL,
  rule      text NOT NULL,
  rows      bigint NOT NULL,
  sha256    bytea NOT NULL,
  officers  text[] NOT NULL,
  purged_at timestamptz NOT NULL
);
COMMENT ON TABLE retention_certificate IS 'journal of what was purged';
