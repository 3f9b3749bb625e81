-- The first of the two persons who destroy a card; means the card as it was then, so a move in between makes it void (CARD-3.5).
CREATE TABLE card_destruction (
  card_serial  text NOT NULL,
  card_version integer NOT NULL,
  proposed_by  text NOT NULL,
  proposed_at  timestamptz NOT NULL,
  PRIMARY KEY (card_serial, card_version)
);
