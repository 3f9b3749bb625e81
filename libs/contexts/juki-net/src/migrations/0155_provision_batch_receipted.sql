-- When the receipt of a batch was confirmed: only then it is certain that its answers arrived, after they are purged too (JUKI-7).
ALTER TABLE provision_batch ADD COLUMN receipted_at timestamptz;
UPDATE provision_batch SET receipted_at = state_changed_at WHERE state = 'RECEIPT_CONFIRMED';
