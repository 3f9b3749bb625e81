-- One of the two directions of a cross-certification: what was agreed for it, the request, and the certificate.
CREATE TABLE cross_certificate (
  cross_certification_id uuid NOT NULL REFERENCES cross_certification,
  direction text NOT NULL CHECK (direction IN ('TO_COUNTERPART', 'TO_BRIDGE')),
  issuer text NOT NULL REFERENCES authority,
  subject text NOT NULL REFERENCES authority,
  terms jsonb NOT NULL,
  request bytea,
  received_by text,
  confirmed_by text,
  certificate bytea,
  serial numeric(49),
  issuer_generation int,
  subject_generation int,
  not_before timestamptz,
  not_after timestamptz,
  issued_by text,
  PRIMARY KEY (cross_certification_id, direction),
  UNIQUE (issuer, serial)
);
