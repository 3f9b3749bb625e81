-- The chain of the use records of each server (JUKI-3.9): a link stands for the records of ten minutes, which no day divides.
CREATE TABLE use_link (
  server  text NOT NULL,
  seq     bigint NOT NULL,
  since   timestamptz NOT NULL,
  records integer NOT NULL,
  digest  bytea NOT NULL,
  hash    bytea NOT NULL,
  PRIMARY KEY (server, seq)
);
COMMENT ON TABLE use_link IS 'journal: hash chain over use_record';
CREATE INDEX use_link_since ON use_link (since);
