-- The organisation tells a municipality that a record is suspected wrong (機構の通報, 住基法30条の8); one report about a record stands at a time.
CREATE TABLE error_report (
  report_id         uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  person_key        uuid NOT NULL,
  items             text[] NOT NULL,
  ground            text NOT NULL,
  state             text NOT NULL CHECK (state IN ('OPEN', 'ANSWERED', 'CLOSED')),
  version           integer NOT NULL,
  reported_by       text NOT NULL,
  asked_at          timestamptz NOT NULL,
  notice_id         uuid,
  explanation       text,
  answer_reference  text,
  changed_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX error_report_standing ON error_report (municipality_code, person_key) WHERE state <> 'CLOSED';
CREATE INDEX error_report_of_municipality ON error_report (municipality_code, report_id);
