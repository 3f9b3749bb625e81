CREATE TABLE link_certificate (
  authority_id text NOT NULL,
  generation int NOT NULL,
  former int NOT NULL,
  name text NOT NULL CHECK (name IN ('OLD_WITH_NEW', 'NEW_WITH_OLD')),
  certificate bytea NOT NULL,
  serial numeric(49) NOT NULL,
  not_after timestamptz NOT NULL,
  PRIMARY KEY (authority_id, generation, name),
  UNIQUE (authority_id, serial),
  FOREIGN KEY (authority_id, generation) REFERENCES authority_generation
);
