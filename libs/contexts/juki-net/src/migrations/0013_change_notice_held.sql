-- A held row that is rejected later is told by its line; what waits for a person is found whichever municipality sent it.
ALTER TABLE change_notice ADD COLUMN line integer;
CREATE INDEX change_notice_held ON change_notice (person_key) WHERE state = 'HELD';
