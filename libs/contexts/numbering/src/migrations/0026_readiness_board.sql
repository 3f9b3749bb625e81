-- The municipalities of the board, each with the number of its events.
CREATE TABLE readiness_board (
  municipality_code text PRIMARY KEY,
  version           integer NOT NULL
);
