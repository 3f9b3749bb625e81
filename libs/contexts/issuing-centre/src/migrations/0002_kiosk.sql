CREATE TABLE kiosk (
  operator text NOT NULL REFERENCES kiosk_operator,
  kiosk_id text NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (operator, kiosk_id)
);
