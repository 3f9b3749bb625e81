-- What followed a place may stay longer than the one before it, and attempts stay for the statistics of their items, without a person (TRN-9).
ALTER TABLE enrolment DROP CONSTRAINT enrolment_follows_fkey;
ALTER TABLE assessment_attempt ALTER COLUMN registration_id DROP NOT NULL;
