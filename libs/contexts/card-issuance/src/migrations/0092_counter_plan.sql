-- What a municipality's counters can do in a day (CARD-4.11).
CREATE TABLE counter_plan (
  municipality_code    text PRIMARY KEY,
  terminals            integer NOT NULL CHECK (terminals > 0),
  opens                time NOT NULL,
  closes               time NOT NULL,
  minutes_per_handover integer NOT NULL CHECK (minutes_per_handover > 0),
  availability         numeric(3, 2) NOT NULL CHECK (availability > 0 AND availability <= 1),
  connection_limit     integer NOT NULL CHECK (connection_limit > 0),
  pickup_days          integer NOT NULL CHECK (pickup_days BETWEEN 1 AND 60),
  set_at               timestamptz NOT NULL,
  CHECK (opens < closes)
);
