-- Requests of persons for what is held about them (30条の32) or for who received it. What is disclosed is made when it is given and never
-- stored. Without person_key nobody is on the register with the code that was shown.
CREATE TABLE disclosure_request (
  request_id   uuid PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('SELF', 'USE_HISTORY')),
  organisation text NOT NULL,
  person_key   uuid,
  state        text NOT NULL CHECK (state IN ('RECEIVED', 'IDENTIFIED', 'DECIDED', 'GIVEN')),
  received_on  date NOT NULL,
  target_on    date NOT NULL,
  due_on       date NOT NULL,
  period_from  date,
  period_until date,
  means        text,
  outcome      text,
  withheld     text[] NOT NULL,
  reason       text,
  decided_by   text,
  changed_at   timestamptz NOT NULL
);
CREATE INDEX disclosure_request_open ON disclosure_request (target_on) WHERE state <> 'GIVEN';
