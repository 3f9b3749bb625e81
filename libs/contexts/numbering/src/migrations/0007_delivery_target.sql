-- `addressee` holds postal code, address and name, encrypted; `code` goes when the person is known.
CREATE TABLE delivery_target (
  set_id            uuid NOT NULL,
  position          integer NOT NULL,
  household_ref     text NOT NULL,
  line_in_household smallint NOT NULL,
  code              bytea,
  person_key        uuid,
  addressee         bytea NOT NULL,
  temporary_address boolean NOT NULL,
  item_count        smallint NOT NULL,
  PRIMARY KEY (set_id, position)
) PARTITION BY HASH (set_id);
DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format('CREATE TABLE delivery_target_%s PARTITION OF delivery_target FOR VALUES WITH (MODULUS 16, REMAINDER %s)', lpad(part::text, 2, '0'), part);
  END LOOP;
END $$;
CREATE UNIQUE INDEX delivery_target_person ON delivery_target (set_id, person_key) WHERE person_key IS NOT NULL;
