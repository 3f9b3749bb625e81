-- Per copy, from a day on.
CREATE TABLE commission (
  operator text NOT NULL REFERENCES kiosk_operator,
  valid_from date NOT NULL,
  yen int NOT NULL CHECK (yen >= 0),
  PRIMARY KEY (operator, valid_from)
);
