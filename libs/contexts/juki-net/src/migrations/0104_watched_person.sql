-- Colleagues and prominent persons: an inquiry about them is looked at (JUKI-5.5).
CREATE TABLE watched_person (
  watch_id     uuid PRIMARY KEY,
  person_key   uuid NOT NULL,
  organisation text NOT NULL,
  reason       text NOT NULL CHECK (reason IN ('COLLEAGUE', 'PROMINENT', 'AT_RISK')),
  set_by       text NOT NULL,
  since_on     date NOT NULL,
  ended_by     text,
  ended_on     date
);
CREATE UNIQUE INDEX watched_person_now ON watched_person (person_key, organisation) WHERE ended_on IS NULL;
CREATE INDEX watched_person_organisation ON watched_person (organisation, watch_id) WHERE ended_on IS NULL;
