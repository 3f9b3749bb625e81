CREATE TABLE issuance_record (
  ca text NOT NULL,
  serial bigint NOT NULL,
  record bytea NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (ca, serial)
);
COMMENT ON TABLE issuance_record IS 'journal: statutory record of what was issued, with the characters as in the register (JPKI 4.4)';
