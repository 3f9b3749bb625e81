-- The national view of a person, derived from the segments. From next_status_on on, next_status holds instead of status.
CREATE TABLE person (
  person_key        uuid NOT NULL,
  fact_version      integer NOT NULL,
  status            text NOT NULL,
  next_status       text,
  next_status_on    date,
  municipality_code text NOT NULL,
  stay              smallint NOT NULL,
  resident_code     bytea NOT NULL,
  individual_number bytea,
  number_seq        integer,
  changed_on        date NOT NULL,
  change_reason     text NOT NULL,
  PRIMARY KEY (person_key)
) PARTITION BY HASH (person_key);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE person_%s PARTITION OF person FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
