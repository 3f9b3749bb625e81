-- Deadline for continuing to use a card after a move (CARD-4.10).
CREATE TABLE continued_use (
  card_serial       text NOT NULL,
  fact_version      bigint NOT NULL,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  notified_on       date NOT NULL,
  last_day          date NOT NULL,
  PRIMARY KEY (card_serial, fact_version)
);
