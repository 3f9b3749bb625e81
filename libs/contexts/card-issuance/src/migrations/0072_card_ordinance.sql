-- What a municipality's ordinance says of cards from a day on; where it says nothing the national default holds (CARD-4.9).
CREATE TABLE card_ordinance (
  municipality_code  text NOT NULL,
  valid_from         date NOT NULL,
  card_yen           integer NOT NULL CHECK (card_yen >= 0),
  certificates_yen   integer NOT NULL CHECK (certificates_yen >= 0),
  waivers            text[] NOT NULL,
  uncollected_months integer NOT NULL CHECK (uncollected_months > 0),
  recorded_at        timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, valid_from)
);
