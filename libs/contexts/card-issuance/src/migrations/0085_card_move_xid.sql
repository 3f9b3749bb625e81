-- What was committed since the last look is read below the snapshot's horizon; counting does not mind the order (CARD-4.11).
ALTER TABLE card_move ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX card_move_xid ON card_move (xid);
