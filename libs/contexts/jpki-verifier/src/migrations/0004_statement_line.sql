CREATE TABLE statement_line (
  organisation text NOT NULL,
  month text NOT NULL,
  purpose text NOT NULL,
  mode text NOT NULL,
  definitive bigint NOT NULL,
  free bigint NOT NULL,
  amount_yen bigint NOT NULL,
  PRIMARY KEY (organisation, month, purpose, mode)
);
COMMENT ON TABLE statement_line IS 'journal of what statements say, by purpose and mode (JPKI 5)';
