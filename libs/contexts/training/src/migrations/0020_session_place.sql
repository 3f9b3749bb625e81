CREATE TABLE session_place (
  session_id uuid PRIMARY KEY REFERENCES session,
  capacity int NOT NULL,
  body_quota int NOT NULL,
  taken int NOT NULL,
  waiting int NOT NULL,
  last_waiting_no int NOT NULL,
  -- What decides about the last place (TRN-4.4 I1): rows are never counted for it.
  CHECK (taken BETWEEN 0 AND capacity),
  CHECK (waiting BETWEEN 0 AND last_waiting_no)
);
COMMENT ON COLUMN session_place.last_waiting_no IS 'waiting numbers given so far, without gaps in the order of the commits (TRN-4.4 I4)';
