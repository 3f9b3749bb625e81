-- Every code that was ever written to a person: superseded ones stay, so that a late notice with one is recognised.
CREATE TABLE resident_code (
  code_index bytea NOT NULL,
  person_key uuid NOT NULL,
  superseded boolean NOT NULL DEFAULT false,
  PRIMARY KEY (code_index)
) PARTITION BY HASH (code_index);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE resident_code_%s PARTITION OF resident_code FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
