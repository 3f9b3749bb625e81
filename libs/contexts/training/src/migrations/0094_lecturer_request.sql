CREATE TABLE lecturer_request (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  body_code text NOT NULL,
  fiscal_year int NOT NULL,
  subject text NOT NULL,
  audience text NOT NULL,
  candidates jsonb NOT NULL,
  place text NOT NULL,
  travel_paid_by text NOT NULL,
  state text NOT NULL,
  lecturer_id uuid REFERENCES lecturer,
  starts_at timestamptz,
  ends_at timestamptz,
  attended int,
  rating int,
  requested_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
-- One free dispatch of a body and year (TRN-4.12).
CREATE UNIQUE INDEX lecturer_request_free ON lecturer_request (body_code, fiscal_year) WHERE kind = 'DISPATCH' AND state <> 'WITHDRAWN';
CREATE INDEX lecturer_request_body ON lecturer_request (body_code, id);
