CREATE TABLE sealing_key (
  role text NOT NULL,
  number int NOT NULL,
  generation int NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  PRIMARY KEY (role, number)
);
