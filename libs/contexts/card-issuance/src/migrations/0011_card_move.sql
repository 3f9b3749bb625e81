CREATE TABLE card_move (
  card_serial text NOT NULL,
  version     integer NOT NULL,
  from_state  text,
  to_state    text NOT NULL,
  reason      text,
  client      text NOT NULL,
  operator    text,
  terminal    text,
  at          timestamptz NOT NULL,
  PRIMARY KEY (card_serial, version)
);
COMMENT ON TABLE card_move IS 'journal of every change of state of a card';
