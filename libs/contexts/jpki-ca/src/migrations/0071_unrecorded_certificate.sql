-- Certificates that were published and whose record was lost with a database: never in effect (JPKI 7).
CREATE TABLE unrecorded_certificate (
  ca text NOT NULL,
  serial bigint NOT NULL,
  municipality_code text,
  partition_id text NOT NULL,
  not_after timestamptz NOT NULL,
  reconciliation_id uuid NOT NULL REFERENCES reconciliation,
  PRIMARY KEY (ca, serial)
);
