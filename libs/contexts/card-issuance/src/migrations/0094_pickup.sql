-- The place that an invitation holds until the card is handed over or nobody waits for it any more.
CREATE TABLE pickup (
  card_serial       text PRIMARY KEY,
  municipality_code text NOT NULL,
  day               date NOT NULL,
  hour              integer NOT NULL
);
CREATE INDEX pickup_window_holders ON pickup (municipality_code, day, hour);
