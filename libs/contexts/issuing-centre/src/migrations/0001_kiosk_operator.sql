CREATE TABLE kiosk_operator (
  organisation text PRIMARY KEY,
  name text NOT NULL,
  registered_at timestamptz NOT NULL
);
