-- A prefecture server's copy of its municipalities' records, written in the transaction that applies their notices. Without the prefecture's
-- number in kiban.prefecture nobody but the owner sees a row of it, and with it those of that prefecture only.
CREATE TABLE prefecture_record (
  prefecture                 text NOT NULL CHECK (prefecture = left(municipality_code, 2)),
  person_key                 uuid NOT NULL,
  municipality_code          text NOT NULL,
  stay                       smallint NOT NULL,
  state                      text NOT NULL,
  entry_reason               text NOT NULL,
  entry_date                 date NOT NULL,
  previous_municipality_code text,
  closed_reason              text,
  closed_date                date,
  name_kanji                 text NOT NULL,
  name_kana                  text NOT NULL,
  alias_name                 text NOT NULL,
  birth_date                 text NOT NULL,
  sex                        text NOT NULL,
  address                    text NOT NULL,
  town_code                  text NOT NULL,
  postal_code                text NOT NULL,
  foreign_resident           boolean NOT NULL,
  name_kana_folded           text NOT NULL,
  name_kanji_key             text NOT NULL,
  resident_code              bytea NOT NULL,
  individual_number          bytea,
  record_version             integer NOT NULL,
  change_reason              text NOT NULL,
  change_date                date NOT NULL,
  PRIMARY KEY (prefecture, person_key, municipality_code, stay)
) PARTITION BY HASH (prefecture);
CREATE INDEX prefecture_record_four_items ON prefecture_record (prefecture, birth_date, name_kana_folded);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE prefecture_record_%s PARTITION OF prefecture_record FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
ALTER TABLE prefecture_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY prefecture_tenancy ON prefecture_record USING (prefecture = current_setting('kiban.prefecture', true));
