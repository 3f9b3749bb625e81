-- Entries in the write-in area of the face (CARD-4.9, 4.10), and what the timers and comparisons look for.
ALTER TABLE card ADD COLUMN additions integer NOT NULL DEFAULT 0;
CREATE INDEX card_expiry ON card (expiry_date) WHERE state IN ('ACTIVE', 'SUSPENDED');
CREATE INDEX card_notified ON card (moved_at) WHERE state = 'NOTIFIED';
CREATE INDEX card_moved ON card (moved_at);
CREATE INDEX card_application ON card (application_id);
