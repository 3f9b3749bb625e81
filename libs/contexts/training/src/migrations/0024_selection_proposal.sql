CREATE TABLE selection_proposal (
  session_id uuid PRIMARY KEY REFERENCES session,
  reviewed jsonb NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamptz NOT NULL
);
