-- Persons of whom one may be the person of a reviewed row, the best first; without tier a hint, which can never be chosen (JUKI-4.8).
CREATE TABLE match_candidate (
  match_id   uuid NOT NULL,
  line       integer NOT NULL,
  candidate  smallint NOT NULL,
  person_key uuid NOT NULL,
  tier       smallint,
  PRIMARY KEY (match_id, line, candidate)
);
