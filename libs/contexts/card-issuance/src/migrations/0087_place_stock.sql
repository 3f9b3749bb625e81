-- How many applications and cards are in a place, by the civil day since which they count. Counted from the journals; an order of two moves that is seen the wrong way round gives -1 for a moment.
CREATE TABLE place_stock (
  municipality_code text NOT NULL,
  place             text NOT NULL,
  since             date NOT NULL,
  items             bigint NOT NULL,
  PRIMARY KEY (municipality_code, place, since)
);
