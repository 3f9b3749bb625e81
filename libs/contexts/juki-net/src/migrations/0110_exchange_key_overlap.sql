-- Until when a former key opens what was sealed to it; the newest has no end.
ALTER TABLE exchange_key ADD COLUMN opens_until timestamptz;
