-- What jpki-ca has told of the certificates on the cards, the last word of each (CARD-4.9, 4.13).
CREATE TABLE card_certificate (
  ca           text NOT NULL,
  serial       text NOT NULL,
  card_serial  text NOT NULL,
  type         text NOT NULL,
  state        text NOT NULL,
  reason_class text,
  not_after    timestamptz NOT NULL,
  sequence     bigint NOT NULL,
  recorded_at  timestamptz NOT NULL,
  PRIMARY KEY (ca, serial)
);
CREATE INDEX card_certificate_card ON card_certificate (card_serial);
CREATE INDEX card_certificate_recorded ON card_certificate (recorded_at);
