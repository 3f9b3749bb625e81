-- How many ever came into a place.
CREATE TABLE place_entered (
  municipality_code text NOT NULL,
  place             text NOT NULL,
  entered           bigint NOT NULL,
  PRIMARY KEY (municipality_code, place)
);
