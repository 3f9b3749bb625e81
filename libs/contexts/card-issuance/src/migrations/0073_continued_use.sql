-- Every deadline that a move sets to a card in use (CARD-4.10): to notify the move-in, to continue the use, to leave the country.
ALTER TABLE continued_use ADD COLUMN kind text NOT NULL DEFAULT 'CONTINUED_USE' CHECK (kind IN ('MOVE_IN_NOTICE', 'CONTINUED_USE', 'DEPARTURE'));
ALTER TABLE continued_use ADD COLUMN ended_at timestamptz;
ALTER TABLE continued_use ADD COLUMN outcome text;
CREATE INDEX continued_use_open ON continued_use (last_day) WHERE ended_at IS NULL;
COMMENT ON TABLE continued_use IS 'deadlines that moves set to cards in use';
COMMENT ON COLUMN continued_use.notified_on IS 'day from which the deadline counts: of the notification, for MOVE_IN_NOTICE and DEPARTURE of the planned move';
