-- Places at the counters in an hour of a day; two who take the last one at once are told apart by the constraint.
CREATE TABLE pickup_window (
  municipality_code text NOT NULL,
  day               date NOT NULL,
  hour              integer NOT NULL CHECK (hour BETWEEN 0 AND 23),
  places            integer NOT NULL CHECK (places >= 0),
  taken             integer NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND places),
  PRIMARY KEY (municipality_code, day, hour)
);
