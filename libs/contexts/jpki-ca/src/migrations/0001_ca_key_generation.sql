CREATE TABLE ca_key_generation (
  ca text NOT NULL,
  generation int NOT NULL,
  organisation text NOT NULL,
  state text NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (ca, generation),
  UNIQUE (ca, serial)
);
CREATE UNIQUE INDEX ca_key_generation_active ON ca_key_generation (ca) WHERE state = 'ACTIVE';
