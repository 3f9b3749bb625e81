CREATE TABLE migrated_record (
  prefecture text NOT NULL,
  serial bytea NOT NULL,
  line int NOT NULL,
  status text NOT NULL,
  kind text,
  reason smallint,
  recorded_at timestamptz,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  source_municipality text NOT NULL,
  municipality_code text NOT NULL,
  window_id text NOT NULL,
  sealed bytea NOT NULL,
  kept_through date NOT NULL,
  PRIMARY KEY (prefecture, serial)
);
CREATE INDEX migrated_record_revoked ON migrated_record (prefecture, serial) WHERE status = 'revoked';
CREATE INDEX migrated_record_end ON migrated_record (prefecture, not_after);
CREATE INDEX migrated_record_kept ON migrated_record (kept_through);
