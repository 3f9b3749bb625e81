-- The bridge and another authority certify each other (JPKI 3.10).
CREATE TABLE cross_certification (
  id uuid PRIMARY KEY,
  counterpart text NOT NULL REFERENCES authority,
  state text NOT NULL,
  faults text[] NOT NULL DEFAULT '{}',
  renews uuid REFERENCES cross_certification,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL,
  mapped_by text,
  decision_ref text,
  published_by text,
  published_at timestamptz,
  cause text,
  evidence_ref text,
  asked_by text,
  ended_at timestamptz,
  told int NOT NULL DEFAULT 0
);
-- One exchange at a time with each authority, and one that is in force and not being renewed.
CREATE UNIQUE INDEX cross_certification_open ON cross_certification (counterpart) WHERE state NOT IN ('PUBLISHED', 'RENEWING', 'REVOKED', 'EXPIRED');
CREATE UNIQUE INDEX cross_certification_published ON cross_certification (counterpart) WHERE state = 'PUBLISHED';
