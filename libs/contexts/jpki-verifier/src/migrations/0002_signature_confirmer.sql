CREATE TABLE signature_confirmer (
  organisation text PRIMARY KEY,
  verifier_id uuid NOT NULL,
  added_at timestamptz NOT NULL,
  added_by text NOT NULL
);
CREATE INDEX signature_confirmer_group ON signature_confirmer (verifier_id);
