-- The moves of an assignment after its delivery, for its history and as the sequence of its events. Move 1 is the designation, which stands in `assignment`.
CREATE TABLE assignment_move (
  assignment_id uuid NOT NULL,
  move          integer NOT NULL CHECK (move > 1),
  from_state    text NOT NULL,
  to_state      text NOT NULL,
  cause         text NOT NULL,
  moved_at      timestamptz NOT NULL,
  PRIMARY KEY (assignment_id, move)
);
COMMENT ON TABLE assignment_move IS 'journal of the states of assignments';
