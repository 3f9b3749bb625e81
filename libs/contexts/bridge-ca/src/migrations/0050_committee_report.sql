CREATE TABLE committee_report (
  id uuid PRIMARY KEY,
  month text NOT NULL UNIQUE,
  state text NOT NULL,
  figures text NOT NULL,
  collected_at timestamptz NOT NULL,
  drafted_by text NOT NULL,
  submitted_by text,
  submitted_at timestamptz,
  deliberated_on date,
  opinion_ref text,
  answer_ref text,
  answered_by text,
  answered_at timestamptz
);
