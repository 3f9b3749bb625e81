-- Other municipalities that a measure concerns: they see only that there is one.
CREATE TABLE support_copy (
  measure_id        uuid NOT NULL,
  municipality_code text NOT NULL,
  copied_at         timestamptz NOT NULL,
  PRIMARY KEY (measure_id, municipality_code)
);
