CREATE TABLE session_figure (
  session_id uuid PRIMARY KEY REFERENCES session,
  bodies jsonb NOT NULL,
  ended_before timestamptz NOT NULL
);
COMMENT ON TABLE session_figure IS 'journal of what statistics count of a session whose people were forgotten, by body (TRN-9)';
