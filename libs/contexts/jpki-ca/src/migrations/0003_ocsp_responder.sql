CREATE TABLE ocsp_responder (
  ca text NOT NULL,
  number int NOT NULL,
  generation int NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_before timestamptz NOT NULL,
  not_after timestamptz NOT NULL,
  PRIMARY KEY (ca, number)
);
