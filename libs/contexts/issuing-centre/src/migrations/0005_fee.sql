-- Per copy, from a day on (CARD-4.15).
CREATE TABLE fee (
  municipality_code text NOT NULL REFERENCES municipal_server,
  type text NOT NULL,
  valid_from date NOT NULL,
  yen int NOT NULL CHECK (yen >= 0),
  PRIMARY KEY (municipality_code, type, valid_from)
);
