CREATE TABLE selection_correction_proposal (
  session_id uuid PRIMARY KEY REFERENCES session,
  correction jsonb NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL
);
