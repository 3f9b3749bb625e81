-- What stands still: the alarms of each municipality by subject, with their last level (CARD-4.11).
CREATE TABLE capacity_alarm (
  municipality_code text NOT NULL,
  subject           text NOT NULL,
  level             text NOT NULL CHECK (level IN ('YELLOW', 'RED', 'CLEARED')),
  version           integer NOT NULL,
  changed_at        timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, subject)
);
