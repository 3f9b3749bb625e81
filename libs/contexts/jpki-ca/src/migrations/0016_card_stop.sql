-- The stop that is in force: the card is stopped while this is also the last event that was followed.
ALTER TABLE card_progress ADD COLUMN stop_sequence bigint;
