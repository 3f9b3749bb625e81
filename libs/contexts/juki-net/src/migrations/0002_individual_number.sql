CREATE TABLE individual_number (
  number_index bytea NOT NULL,
  person_key   uuid NOT NULL,
  PRIMARY KEY (number_index)
) PARTITION BY HASH (number_index);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE individual_number_%s PARTITION OF individual_number FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
