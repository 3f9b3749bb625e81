CREATE TABLE statistics_month (
  month text PRIMARY KEY,
  report jsonb NOT NULL,
  closed_at timestamptz NOT NULL
);
COMMENT ON TABLE statistics_month IS 'journal of the monthly reports as they were closed (TRN-4.10)';
