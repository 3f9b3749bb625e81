-- Copies of what the municipality''s own systems hold, as far as certificates show it. A withdrawn record keeps its version, so that an
-- older line cannot bring it back.
CREATE TABLE record (
  municipality_code text NOT NULL REFERENCES municipality,
  kind text NOT NULL CHECK (kind IN ('RESIDENT', 'SEAL_REGISTRATION', 'TAXATION', 'FAMILY_REGISTER')),
  key text NOT NULL,
  version int NOT NULL CHECK (version > 0),
  household text,
  facts bytea,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, kind, key),
  CHECK (facts IS NULL OR (kind = 'RESIDENT') = (household IS NOT NULL))
);
COMMENT ON COLUMN record.facts IS 'encrypted; null once withdrawn';
CREATE INDEX record_household ON record (municipality_code, household) WHERE household IS NOT NULL;
