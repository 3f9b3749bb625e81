-- Two clerks let a holder under 15 have a signature certificate, in principle refused (JPKI 4.6 no. 3).
CREATE TABLE age_waiver (
  id uuid PRIMARY KEY,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  reason text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  given_by text,
  given_at timestamptz
);
CREATE INDEX age_waiver_person ON age_waiver (person_key, municipality_code);
