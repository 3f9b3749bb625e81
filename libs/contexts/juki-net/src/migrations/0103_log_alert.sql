-- What the log of a day shows that should not be without a reason, with an officer's finding. client and officer are '' where many are meant.
CREATE TABLE log_alert (
  alert_id     uuid PRIMARY KEY,
  day          date NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('VOLUME_ORGANISATION', 'VOLUME_CLIENT', 'VOLUME_OFFICER', 'OUTSIDE_HOURS', 'SAME_PERSON', 'WATCHED_PERSON')),
  organisation text NOT NULL,
  client       text NOT NULL,
  officer      text NOT NULL,
  person_key   uuid,
  asked        bigint NOT NULL,
  mean         numeric,
  state        text NOT NULL CHECK (state IN ('OPEN', 'EXPLAINED', 'ABUSE_SUSPECTED', 'ABUSE_CONFIRMED')),
  note         text,
  found_by     text,
  confirmed_by text,
  found_at     timestamptz,
  UNIQUE NULLS NOT DISTINCT (day, kind, organisation, client, officer, person_key)
);
CREATE INDEX log_alert_open ON log_alert (alert_id) WHERE state IN ('OPEN', 'ABUSE_SUSPECTED');
