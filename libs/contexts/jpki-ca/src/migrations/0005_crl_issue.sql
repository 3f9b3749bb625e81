CREATE TABLE crl_issue (
  partition_id text NOT NULL REFERENCES crl_partition,
  number bigint NOT NULL,
  generation int NOT NULL,
  state text NOT NULL,
  scheduled boolean NOT NULL,
  this_update timestamptz NOT NULL,
  next_update timestamptz NOT NULL,
  cutoff timestamptz NOT NULL,
  entry_count int NOT NULL,
  sha256 text,
  der bytea,
  fault text,
  PRIMARY KEY (partition_id, number)
);
