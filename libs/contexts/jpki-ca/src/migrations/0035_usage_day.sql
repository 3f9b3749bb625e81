CREATE TABLE usage_day (
  organisation text NOT NULL,
  day date NOT NULL,
  ca text NOT NULL,
  mode text NOT NULL,
  definitive bigint NOT NULL,
  free bigint NOT NULL,
  amount_yen bigint NOT NULL,
  counted_to timestamptz NOT NULL,
  PRIMARY KEY (organisation, day, ca, mode)
);
CREATE INDEX usage_day_day ON usage_day (day);
