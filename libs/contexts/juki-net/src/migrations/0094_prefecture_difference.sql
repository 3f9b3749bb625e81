-- What the two copies say differently of a stay, over all runs that find it; run_id is the last of them.
CREATE TABLE prefecture_difference (
  difference_id      uuid PRIMARY KEY,
  prefecture         text NOT NULL CHECK (prefecture = left(municipality_code, 2)),
  run_id             uuid NOT NULL,
  municipality_code  text NOT NULL,
  person_key         uuid NOT NULL,
  stay               smallint NOT NULL,
  class              text NOT NULL CHECK (class IN ('MISSING_UP', 'MISSING_DOWN', 'STALE', 'CONTENT')),
  prefecture_version integer,
  national_version   integer,
  state              text NOT NULL CHECK (state IN ('OPEN', 'EXPLAINED', 'RESOLVED')),
  explanation        text,
  found_on           date NOT NULL,
  due_on             date NOT NULL
);
CREATE UNIQUE INDEX prefecture_difference_standing ON prefecture_difference (prefecture, municipality_code, person_key, stay) WHERE state <> 'RESOLVED';
CREATE INDEX prefecture_difference_run ON prefecture_difference (run_id, difference_id);
ALTER TABLE prefecture_difference ENABLE ROW LEVEL SECURITY;
CREATE POLICY prefecture_tenancy ON prefecture_difference USING (prefecture = current_setting('kiban.prefecture', true));
