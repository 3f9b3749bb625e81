-- One stay of a person in one municipality, as that municipality notified it (JUKI-3.2).
CREATE TABLE segment (
  person_key                 uuid NOT NULL,
  municipality_code          text NOT NULL,
  stay                       smallint NOT NULL,
  state                      text NOT NULL,
  quarantined                boolean NOT NULL,
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
  PRIMARY KEY (person_key, municipality_code, stay)
) PARTITION BY HASH (person_key);
CREATE INDEX segment_four_items ON segment (birth_date, name_kana_folded, name_kanji_key);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE segment_%s PARTITION OF segment FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
