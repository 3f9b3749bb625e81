-- Nation-wide searches before an entry of unknown origin or ex officio (reasons 13, 14; JUKI-7). `sealed` is whom they asked for.
CREATE TABLE entry_search (
  search_id         uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('SEARCHED', 'TOO_WIDE', 'DECIDED', 'CONFIRMED', 'REFUSED')),
  steps             integer NOT NULL,
  name_index        bytea NOT NULL,
  sealed            bytea NOT NULL,
  found             integer NOT NULL,
  opened_by         text NOT NULL,
  opened_at         timestamptz NOT NULL,
  same_person_key   uuid,
  confirmed_by      text,
  confirmed_on      date
);
CREATE INDEX entry_search_municipality ON entry_search (municipality_code, search_id);
CREATE INDEX entry_search_name ON entry_search (municipality_code, name_index) WHERE state = 'CONFIRMED';
CREATE INDEX entry_search_same ON entry_search (municipality_code, same_person_key) WHERE state = 'CONFIRMED' AND same_person_key IS NOT NULL;
