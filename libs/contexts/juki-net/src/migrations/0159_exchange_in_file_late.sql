-- A dropped file without an acknowledgement after 15 minutes is told of once (JUKI-5.3).
ALTER TABLE exchange_in_file ADD COLUMN told_late_at timestamptz;
