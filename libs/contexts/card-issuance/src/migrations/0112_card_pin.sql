-- When each PIN of a card was set, locked and reset, and who told it last; the PINs themselves never leave the PIN pad (CARD-4.8).
CREATE TABLE card_pin (
  card_serial text NOT NULL,
  pin         text NOT NULL,
  set_at      timestamptz,
  locked_at   timestamptz,
  reset_at    timestamptz,
  client      text NOT NULL,
  operator    text,
  PRIMARY KEY (card_serial, pin)
);
