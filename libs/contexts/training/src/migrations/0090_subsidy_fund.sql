CREATE TABLE subsidy_fund (
  fiscal_year int PRIMARY KEY,
  fund_yen bigint NOT NULL,
  approved_yen bigint NOT NULL,
  -- What decides about the last yen (TRN-4.11): cases are never summed for it.
  CHECK (approved_yen BETWEEN 0 AND fund_yen)
);
