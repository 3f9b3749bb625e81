-- A move from one municipality to another, as far as its facts are known (JUKI-3.4). `wake_at`: when time will next do something to it.
CREATE TABLE transfer_case (
  transfer_id   uuid PRIMARY KEY,
  person_key    uuid NOT NULL,
  event_seq     integer NOT NULL,
  from_code     text,
  to_code       text,
  route         text,
  planned_on    date,
  living_since  date,
  certificate   text,
  out_on        date,
  out_version   integer,
  in_on         date,
  in_version    integer,
  in_at         timestamptz,
  notice_on     date,
  exit_state    text,
  exit_at       timestamptz,
  reminded_on   date,
  in_transit_on date,
  state         text NOT NULL,
  wake_at       timestamptz
);
CREATE INDEX transfer_case_person ON transfer_case (person_key, transfer_id);
CREATE INDEX transfer_case_wake ON transfer_case (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX transfer_case_from ON transfer_case (from_code, transfer_id) WHERE state NOT IN ('OUT_CLOSED', 'WITHDRAWN');
CREATE INDEX transfer_case_to ON transfer_case (to_code, transfer_id) WHERE state NOT IN ('OUT_CLOSED', 'WITHDRAWN');
