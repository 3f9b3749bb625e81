CREATE TABLE elearning_registration (
  id uuid PRIMARY KEY,
  course_id uuid NOT NULL REFERENCES elearning_offer,
  body_code text NOT NULL,
  learner_index bytea NOT NULL,
  staff_no bytea NOT NULL,
  name_kanji bytea NOT NULL,
  name_kana bytea NOT NULL,
  mail bytea NOT NULL,
  is_from_pool boolean NOT NULL,
  state text NOT NULL,
  satisfied text[] NOT NULL DEFAULT '{}',
  registered_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz
);
-- One person, one registration of a course (TRN-4.2).
CREATE UNIQUE INDEX elearning_registration_once ON elearning_registration (course_id, body_code, learner_index) WHERE state <> 'WITHDRAWN';
CREATE INDEX elearning_registration_of_body ON elearning_registration (course_id, body_code, id);
CREATE INDEX elearning_registration_running ON elearning_registration (course_id) WHERE state IN ('REGISTERED', 'STARTED');
COMMENT ON COLUMN elearning_registration.satisfied IS 'blocks of the package, and `course`, of which Satisfied was stated';
