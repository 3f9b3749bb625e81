-- One row, once everything that jpki-ca kept has been taken over; nothing is answered before.
CREATE TABLE take_over (
  what text PRIMARY KEY,
  ended_at timestamptz NOT NULL
);
COMMENT ON TABLE take_over IS 'journal of what was taken over from another context';
