CREATE TABLE resident_change_notice (
  person_key uuid NOT NULL,
  fact_version bigint NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  fields text[] NOT NULL,
  abroad boolean,
  municipality_code text NOT NULL,
  fact_date date NOT NULL,
  state text NOT NULL,
  arrived_at timestamptz NOT NULL,
  PRIMARY KEY (person_key, fact_version)
) PARTITION BY HASH (person_key);
CREATE TABLE resident_change_notice_0 PARTITION OF resident_change_notice FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE resident_change_notice_1 PARTITION OF resident_change_notice FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE resident_change_notice_2 PARTITION OF resident_change_notice FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE resident_change_notice_3 PARTITION OF resident_change_notice FOR VALUES WITH (MODULUS 4, REMAINDER 3);
