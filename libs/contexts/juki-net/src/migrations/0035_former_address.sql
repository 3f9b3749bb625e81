-- Addresses that a record had before a move within the municipality or a new notation (merged towns): data of agencies is old (JUKI-4.8).
CREATE TABLE former_address (
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  stay              smallint NOT NULL,
  person_seq        integer NOT NULL,
  address           text NOT NULL,
  PRIMARY KEY (person_key, municipality_code, stay, person_seq)
) PARTITION BY HASH (person_key);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE former_address_%s PARTITION OF former_address FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
