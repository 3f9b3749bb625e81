CREATE TABLE ca_link_certificate (
  ca text NOT NULL,
  generation int NOT NULL,
  former int NOT NULL,
  name text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_after timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (ca, generation, name),
  UNIQUE (ca, serial)
);
