CREATE TABLE certificate (
  ca text NOT NULL,
  serial bigint NOT NULL,
  generation int NOT NULL,
  type text NOT NULL,
  person_key uuid NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  partition_id text NOT NULL,
  channel text NOT NULL,
  window_id text NOT NULL,
  production_batch_id uuid,
  issuance_request_id uuid NOT NULL,
  fact_version bigint NOT NULL,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  state text NOT NULL,
  version int NOT NULL,
  issued_at timestamptz NOT NULL,
  der bytea NOT NULL,
  PRIMARY KEY (ca, serial)
) PARTITION BY LIST (ca);
CREATE TABLE certificate_sign PARTITION OF certificate FOR VALUES IN ('sign');
CREATE TABLE certificate_auth PARTITION OF certificate FOR VALUES IN ('auth');
-- Never two in force of one person and type (JPKI 3.4).
CREATE UNIQUE INDEX certificate_in_force ON certificate (ca, person_key) WHERE state IN ('VALID', 'HELD');
CREATE INDEX certificate_person ON certificate (person_key);
CREATE INDEX certificate_card ON certificate (card_serial);
CREATE INDEX certificate_request ON certificate (issuance_request_id);
