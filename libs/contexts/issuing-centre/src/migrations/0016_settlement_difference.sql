CREATE TABLE settlement_difference (
  month text NOT NULL REFERENCES settlement_run,
  request_id text NOT NULL,
  kind text NOT NULL,
  municipality_code text,
  operator text NOT NULL,
  centre int,
  stated int,
  PRIMARY KEY (month, request_id, kind, operator)
);
