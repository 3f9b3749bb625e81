-- Who looked at a notice that contradicts, and what that rests on (JPKI 3.6).
ALTER TABLE resident_change_notice ADD COLUMN resolved_by text;
ALTER TABLE resident_change_notice ADD COLUMN resolution_ref text;
CREATE INDEX resident_change_quarantined ON resident_change_notice (arrived_at) WHERE state = 'QUARANTINED';
