-- Tasks to the municipalities that all have a live record of one person (JUKI-7); a task lasts as long as the conflict.
CREATE TABLE record_conflict (
  case_id            uuid PRIMARY KEY,
  person_key         uuid NOT NULL UNIQUE,
  version            integer NOT NULL,
  found_on           date NOT NULL,
  municipality_codes text[] NOT NULL
);
