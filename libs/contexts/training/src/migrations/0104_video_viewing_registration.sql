ALTER TABLE video_viewing ADD COLUMN registration_id uuid REFERENCES elearning_registration;
CREATE INDEX video_viewing_registration ON video_viewing (registration_id) WHERE registration_id IS NOT NULL;
COMMENT ON COLUMN video_viewing.registration_id IS 'of whose course the film is a part; `viewer` is then of the registration, whoever plays it (TRN-4.8)';
