ALTER TABLE elearning_registration ADD COLUMN certified_at timestamptz;
-- What waits for its certificate is looked for every second (TRN-4.9).
CREATE INDEX elearning_registration_completed ON elearning_registration (ended_at) WHERE state = 'COMPLETED' AND certified_at IS NULL;
