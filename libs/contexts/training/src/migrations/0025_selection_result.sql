CREATE TABLE selection_result (
  session_id uuid PRIMARY KEY REFERENCES session,
  kind text NOT NULL,
  published text NOT NULL,
  selected_by text NOT NULL,
  selected_at timestamptz NOT NULL
);
COMMENT ON TABLE selection_result IS 'journal of selections as they were published; a result does not change (TRN-4.3, 7)';
