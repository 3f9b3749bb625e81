CREATE TABLE usage_month (
  month text NOT NULL,
  step text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (month, step)
);
COMMENT ON TABLE usage_month IS 'journal of the months whose answers to verifiers were COUNTED, and DROPPED after that (JPKI 4.13)';
INSERT INTO usage_month (month, step, at) SELECT month, 'COUNTED', max(issued_at) FROM usage_statement GROUP BY month;
