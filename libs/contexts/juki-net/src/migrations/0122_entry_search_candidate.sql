-- Persons found by a search, with what an officer says of each and why (JUKI-7); the reason is encrypted, since it speaks of persons.
CREATE TABLE entry_search_candidate (
  search_id     uuid NOT NULL,
  candidate     smallint NOT NULL,
  person_key    uuid NOT NULL,
  verdict       text CHECK (verdict IN ('SAME', 'DIFFERENT')),
  sealed_reason bytea,
  decided_by    text,
  decided_at    timestamptz,
  PRIMARY KEY (search_id, candidate)
);
