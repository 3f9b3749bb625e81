-- A municipality's list of addressees and the planning of its envelopes: it waits until the municipality has delegated the mailing (CARD-4.1, 4.2).
CREATE TABLE mailing_plan (
  set_id            uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  base_date         date,
  households        integer NOT NULL,
  persons           integer NOT NULL,
  prepared_at       timestamptz NOT NULL,
  job_id            uuid,
  started_at        timestamptz,
  ended_at          timestamptz,
  planned_persons   integer NOT NULL DEFAULT 0
);
CREATE INDEX mailing_plan_municipality ON mailing_plan (municipality_code, base_date);
