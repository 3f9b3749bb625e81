CREATE TABLE refund (
  request_id text PRIMARY KEY REFERENCES certificate_request,
  copies int NOT NULL,
  amount_yen int NOT NULL,
  -- Of copies that count as printed: the municipality gives the fee up.
  is_deducted boolean NOT NULL,
  refunded_at timestamptz NOT NULL
);
CREATE INDEX refund_at ON refund (refunded_at) WHERE is_deducted;
