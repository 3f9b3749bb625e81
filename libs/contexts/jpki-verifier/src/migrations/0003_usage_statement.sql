CREATE TABLE usage_statement (
  organisation text NOT NULL,
  month text NOT NULL,
  definitive bigint NOT NULL,
  amount_yen bigint NOT NULL,
  issued_at timestamptz NOT NULL,
  PRIMARY KEY (organisation, month)
);
COMMENT ON TABLE usage_statement IS 'journal of the statements that verifiers were issued (JPKI 3.11)';
