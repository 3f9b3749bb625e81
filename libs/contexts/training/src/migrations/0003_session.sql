CREATE TABLE session (
  id uuid PRIMARY KEY,
  course_id uuid NOT NULL REFERENCES course,
  number int NOT NULL,
  capacity int NOT NULL,
  room_places int NOT NULL,
  lab_machines int,
  materials int,
  body_quota int NOT NULL,
  selection text NOT NULL,
  window_opens_at timestamptz NOT NULL,
  window_closes_at timestamptz NOT NULL,
  result_on date NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  planned_minutes int NOT NULL,
  venue text NOT NULL,
  prefecture text NOT NULL,
  is_extra boolean NOT NULL,
  state text NOT NULL,
  version int NOT NULL,
  told int NOT NULL,
  successor_id uuid REFERENCES session,
  reason text,
  report_ref text,
  published_at timestamptz,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CHECK (window_opens_at < window_closes_at AND window_closes_at <= starts_at AND starts_at < ends_at)
);
CREATE UNIQUE INDEX session_number ON session (course_id, number);
-- What the timers look for: windows that open and close (TRN-3.2).
CREATE INDEX session_opening ON session (window_opens_at) WHERE state = 'PUBLISHED';
CREATE INDEX session_closing ON session (window_closes_at) WHERE state IN ('ACCEPTING', 'FULL');
CREATE INDEX session_starting ON session (starts_at);
