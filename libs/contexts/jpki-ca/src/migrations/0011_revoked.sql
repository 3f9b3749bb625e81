-- The narrow status table: only what is not in force now (JPKI 4.18).
CREATE TABLE revoked (
  ca text NOT NULL,
  serial bigint NOT NULL,
  revoked_at timestamptz NOT NULL,
  reason smallint NOT NULL,
  invalidity_date timestamptz,
  partition_id text NOT NULL,
  not_after timestamptz NOT NULL,
  PRIMARY KEY (ca, serial)
);
CREATE INDEX revoked_partition ON revoked (partition_id, serial);
