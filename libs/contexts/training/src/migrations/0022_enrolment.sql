CREATE TABLE enrolment (
  id uuid PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES session,
  course_id uuid NOT NULL REFERENCES course,
  application_id uuid NOT NULL,
  application_size int NOT NULL,
  body_code text NOT NULL,
  person bytea NOT NULL,
  learner bytea NOT NULL,
  rank int NOT NULL,
  state text NOT NULL,
  waiting_no int,
  held_until timestamptz,
  follows uuid REFERENCES enrolment,
  questionnaire_at timestamptz,
  test_passed_at timestamptz,
  told int NOT NULL,
  applied_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CHECK ((state = 'OFFERED') = (held_until IS NOT NULL))
);
-- One of a person that may lead to a place or holds one (TRN-4.4 I3), and one place of a seminar and year (TRN-4.2).
CREATE UNIQUE INDEX enrolment_live ON enrolment (session_id, person) WHERE state IN ('SUBMITTED', 'WAITLISTED', 'OFFERED', 'ADMITTED', 'ATTENDING');
CREATE UNIQUE INDEX enrolment_of_course ON enrolment (course_id, person) WHERE state IN ('OFFERED', 'ADMITTED', 'ATTENDING', 'COMPLETED', 'CERTIFIED');
CREATE UNIQUE INDEX enrolment_waiting_no ON enrolment (session_id, waiting_no);
CREATE UNIQUE INDEX enrolment_follows ON enrolment (follows);
CREATE INDEX enrolment_waiting ON enrolment (session_id, waiting_no) WHERE state = 'WAITLISTED';
CREATE INDEX enrolment_offered ON enrolment (held_until) WHERE state = 'OFFERED';
CREATE INDEX enrolment_application ON enrolment (application_id);
CREATE INDEX enrolment_of_session ON enrolment (session_id, id);
CREATE INDEX enrolment_of_body ON enrolment (body_code, id);
COMMENT ON COLUMN enrolment.person IS 'keyed hash of body and staff number';
COMMENT ON COLUMN enrolment.follows IS 'whose place it is: of a colleague who was replaced, or of the same person in a session that was cancelled';
