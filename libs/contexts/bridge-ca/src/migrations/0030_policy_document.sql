CREATE TABLE policy_document (
  id uuid PRIMARY KEY,
  subject text NOT NULL,
  version text NOT NULL,
  state text NOT NULL,
  content text NOT NULL,
  drafted_by text NOT NULL,
  reviewed_by text,
  approved_by text,
  second_approved_by text,
  published_at timestamptz,
  drafted_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  UNIQUE (subject, version)
);
-- One in force for each subject (JPKI-3.13).
CREATE UNIQUE INDEX policy_document_published ON policy_document (subject) WHERE state = 'PUBLISHED';
