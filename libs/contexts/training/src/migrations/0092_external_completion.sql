CREATE TABLE external_completion (
  case_id uuid NOT NULL REFERENCES subsidy_case,
  body_code text NOT NULL,
  person bytea NOT NULL,
  learner bytea NOT NULL,
  completed_on date NOT NULL,
  PRIMARY KEY (case_id, body_code, person)
);
COMMENT ON COLUMN external_completion.person IS 'keyed hash of body and staff number, as of an enrolment';
