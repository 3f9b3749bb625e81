-- Who received whose data, when, why and which items (JUKI-4.12); one row per person returned, written before the answer leaves.
CREATE TABLE use_record (
  at             timestamptz NOT NULL,
  use_id         uuid NOT NULL,
  person_key     uuid NOT NULL,
  grant_id       uuid NOT NULL,
  organisation   text NOT NULL,
  affair         text NOT NULL,
  mode           text NOT NULL,
  key_kind       text NOT NULL,
  items          text[] NOT NULL,
  result_code    text NOT NULL,
  correlation_id text NOT NULL,
  PRIMARY KEY (at, use_id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE use_record IS 'journal of provisions of identity information';
CREATE INDEX use_record_person ON use_record (person_key, at);
CREATE TABLE use_record_other PARTITION OF use_record DEFAULT;
DO $$ BEGIN FOR year IN 2015..2045 LOOP
  EXECUTE format('CREATE TABLE use_record_%s PARTITION OF use_record FOR VALUES FROM (%L) TO (%L)',
    year, year || '-01-01T00:00:00Z', (year + 1) || '-01-01T00:00:00Z');
END LOOP; END $$;
