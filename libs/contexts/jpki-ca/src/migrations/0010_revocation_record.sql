CREATE TABLE revocation_record (
  id uuid PRIMARY KEY,
  ca text NOT NULL,
  serial bigint NOT NULL,
  kind text NOT NULL,
  cause text NOT NULL,
  reason smallint NOT NULL,
  recorded_at timestamptz NOT NULL,
  invalidity_date timestamptz,
  source_ref text NOT NULL,
  municipality_code text NOT NULL,
  partition_id text NOT NULL
);
CREATE INDEX revocation_record_certificate ON revocation_record (ca, serial);
CREATE INDEX revocation_record_release ON revocation_record (partition_id, recorded_at) WHERE kind = 'RELEASE';
COMMENT ON TABLE revocation_record IS 'journal: every hold, release and revocation (JPKI 3.5)';
