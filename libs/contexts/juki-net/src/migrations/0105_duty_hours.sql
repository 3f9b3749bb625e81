-- When an organisation asks on duty, where that is not our usual calendar.
CREATE TABLE duty_hours (
  organisation   text PRIMARY KEY,
  opens          time NOT NULL,
  closes         time NOT NULL,
  on_closed_days boolean NOT NULL,
  set_by         text NOT NULL,
  set_at         timestamptz NOT NULL,
  CHECK (opens < closes)
);
