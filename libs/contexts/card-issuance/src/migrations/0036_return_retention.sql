-- For how many months a municipality keeps envelopes that came back: three at least (CARD-4.2).
CREATE TABLE return_retention (
  municipality_code text PRIMARY KEY,
  months            integer NOT NULL CHECK (months >= 3),
  changed_by        text NOT NULL,
  changed_at        timestamptz NOT NULL
);
