CREATE TABLE settlement_line (
  month text NOT NULL REFERENCES settlement_run,
  municipality_code text NOT NULL,
  operator text NOT NULL,
  type text NOT NULL,
  printed int NOT NULL,
  fee_yen bigint NOT NULL,
  commission_yen bigint NOT NULL,
  refunds_yen bigint NOT NULL,
  PRIMARY KEY (month, municipality_code, operator, type)
);
