-- The last notified change of a stay, where it is neither the entry nor the closing: a record that is the present one again tells it (JUKI-4.5.2).
ALTER TABLE segment ADD COLUMN last_reason text, ADD COLUMN last_date date;
-- Entries after a death, which wait for an officer or the restoration of the dead (JUKI-4.5 V3).
CREATE INDEX segment_quarantined ON segment (person_key) WHERE quarantined;
