-- When juki cards end: the last issuing day, and the first day of the number card on which commissions end (CARD-4.14).
CREATE TABLE issuing_end (
  only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  last_issuing_day  date NOT NULL,
  number_card_start date NOT NULL CHECK (number_card_start > last_issuing_day)
);
INSERT INTO issuing_end (last_issuing_day, number_card_start) VALUES ('2015-12-28', '2016-01-01');
