CREATE TABLE verifier (
  id uuid PRIMARY KEY,
  organisation text NOT NULL,
  class text NOT NULL,
  state text NOT NULL,
  hearing_ref text,
  disclosure_ref text,
  test_ref text,
  client_certificate text,
  certification_no text,
  certification_expiry date,
  renewal_no text,
  renewal_expiry date,
  purposes text[] NOT NULL,
  modes text[] NOT NULL,
  network text,
  contacts bytea,
  checked_by text,
  granted_at timestamptz,
  provided_at timestamptz,
  provided_by text,
  reason text,
  told int NOT NULL,
  version bigint NOT NULL,
  opened_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
-- One that is not over for each organisation (JPKI 3.11).
CREATE UNIQUE INDEX verifier_organisation ON verifier (organisation) WHERE state NOT IN ('ENDED', 'LAPSED');
CREATE INDEX verifier_granted ON verifier (organisation, granted_at);
CREATE INDEX verifier_certification ON verifier (certification_expiry) WHERE state IN ('CERTIFIED', 'RETURNED', 'PRODUCTION');
