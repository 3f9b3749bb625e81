-- 番号対応表: which number belongs to which resident code. The only truth there is: no number can be computed again (NUM-4.4).
-- (person_key, seq) is its assignment. Uniqueness of numbers is the ledger's; here one open row a code, and one open row a number within a code.
CREATE TABLE code_number_link (
  code_index    bytea NOT NULL,
  seq           smallint NOT NULL,
  code          bytea NOT NULL,
  number_index  bytea NOT NULL,
  number        bytea NOT NULL,
  person_key    uuid NOT NULL,
  state         text NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
  valid_from    timestamptz NOT NULL,
  valid_to      timestamptz CHECK ((valid_to IS NULL) = (state = 'OPEN')),
  PRIMARY KEY (code_index, seq)
) PARTITION BY HASH (code_index);
DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format('CREATE TABLE code_number_link_%s PARTITION OF code_number_link FOR VALUES WITH (MODULUS 16, REMAINDER %s)', lpad(part::text, 2, '0'), part);
  END LOOP;
END $$;
CREATE UNIQUE INDEX code_number_link_open_code ON code_number_link (code_index) WHERE state = 'OPEN';
CREATE UNIQUE INDEX code_number_link_open_number ON code_number_link (number_index, code_index) WHERE state = 'OPEN';
