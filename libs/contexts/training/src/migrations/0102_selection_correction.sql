CREATE TABLE selection_correction (
  session_id uuid NOT NULL REFERENCES selection_result (session_id),
  number int NOT NULL,
  report text NOT NULL,
  kid text NOT NULL REFERENCES certificate_key (kid),
  signature bytea NOT NULL,
  proposed_by text NOT NULL,
  confirmed_by text NOT NULL,
  corrected_at timestamptz NOT NULL,
  PRIMARY KEY (session_id, number),
  CHECK (proposed_by <> confirmed_by)
);
COMMENT ON TABLE selection_correction IS 'journal of signed reports that correct a published selection, which itself does not change (TRN-7)';
