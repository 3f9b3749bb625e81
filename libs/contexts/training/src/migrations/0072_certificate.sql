CREATE TABLE certificate (
  no text PRIMARY KEY,
  state text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  body_code text NOT NULL,
  course_code text NOT NULL,
  fiscal_year int NOT NULL,
  session_no int NOT NULL,
  title text NOT NULL,
  holder_ref text NOT NULL,
  holder_name bytea NOT NULL,
  issued_on date NOT NULL,
  kid text NOT NULL REFERENCES certificate_key (kid),
  signature bytea NOT NULL,
  supersedes text REFERENCES certificate,
  reason text,
  told int NOT NULL,
  name_tries int NOT NULL DEFAULT 0,
  name_tries_since timestamptz,
  issued_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
-- What was completed is certified once: also after a revocation (TRN-4.9).
CREATE UNIQUE INDEX certificate_subject ON certificate (subject_kind, subject_id) WHERE state <> 'SUPERSEDED';
CREATE INDEX certificate_body ON certificate (body_code, no);
