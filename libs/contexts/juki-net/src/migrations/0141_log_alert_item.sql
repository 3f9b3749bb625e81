-- A notice that says what is no identity information is an alert too (JUKI-7).
ALTER TABLE log_alert DROP CONSTRAINT log_alert_kind_check;
ALTER TABLE log_alert ADD CONSTRAINT log_alert_kind_check
  CHECK (kind IN ('VOLUME_ORGANISATION', 'VOLUME_CLIENT', 'VOLUME_OFFICER', 'OUTSIDE_HOURS', 'SAME_PERSON', 'WATCHED_PERSON', 'ITEM_NOT_ALLOWED'));
