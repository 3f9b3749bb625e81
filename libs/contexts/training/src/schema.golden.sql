-- training: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE attendance (
  enrolment_id uuid NOT NULL,
  half_day integer NOT NULL,
  minutes integer NOT NULL,
  source text NOT NULL,
  taken_by text NOT NULL,
  taken_at timestamp with time zone NOT NULL,
  CONSTRAINT attendance_pkey PRIMARY KEY (enrolment_id, half_day),
  CONSTRAINT attendance_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id),
  CONSTRAINT attendance_minutes_check CHECK (minutes >= 0)
);

CREATE TABLE body (
  code text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  population integer NOT NULL,
  staff integer NOT NULL,
  coordinator_mail bytea,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT body_pkey PRIMARY KEY (code)
);

CREATE TABLE body_place (
  session_id uuid NOT NULL,
  body_code text NOT NULL,
  quota integer NOT NULL,
  taken integer NOT NULL,
  CONSTRAINT body_place_pkey PRIMARY KEY (session_id, body_code),
  CONSTRAINT body_place_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id),
  CONSTRAINT body_place_check CHECK (taken >= 0 AND taken <= quota)
);

CREATE TABLE course (
  id uuid NOT NULL,
  code text NOT NULL,
  fiscal_year integer NOT NULL,
  title text NOT NULL,
  series text NOT NULL,
  kind text NOT NULL,
  level text NOT NULL,
  target_posts text[] NOT NULL,
  planned_minutes integer NOT NULL /* of one session, or of all units of e-learning */,
  prerequisites text[] NOT NULL,
  completion_rule text NOT NULL,
  fee_yen integer NOT NULL,
  eligible jsonb NOT NULL,
  capacity integer,
  opens_on date,
  closes_on date,
  state text NOT NULL,
  drafted_by text NOT NULL,
  version integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT course_pkey PRIMARY KEY (id),
  CONSTRAINT course_check CHECK ((kind = 'ELEARNING'::text) = (capacity IS NOT NULL AND opens_on IS NOT NULL AND closes_on IS NOT NULL))
);
CREATE UNIQUE INDEX course_code ON course USING btree (fiscal_year, code);

CREATE TABLE door_device (
  enrolment_id uuid NOT NULL,
  device bytea NOT NULL /* keyed hash of the device that showed the token first (TRN-7) */,
  seen_at timestamp with time zone NOT NULL,
  CONSTRAINT door_device_pkey PRIMARY KEY (enrolment_id),
  CONSTRAINT door_device_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id)
);

CREATE TABLE enrolment (
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  course_id uuid NOT NULL,
  application_id uuid NOT NULL,
  application_size integer NOT NULL,
  body_code text NOT NULL,
  person bytea NOT NULL /* keyed hash of body and staff number */,
  learner bytea NOT NULL,
  rank integer NOT NULL,
  state text NOT NULL,
  waiting_no integer,
  held_until timestamp with time zone,
  follows uuid /* whose place it is: of a colleague who was replaced, or of the same person in a session that was cancelled */,
  questionnaire_at timestamp with time zone,
  test_passed_at timestamp with time zone,
  told integer NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  postponed_from text /* state in which its session was cancelled: places come before those who waited, and what was never selected is selected again */,
  CONSTRAINT enrolment_pkey PRIMARY KEY (id),
  CONSTRAINT enrolment_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id),
  CONSTRAINT enrolment_follows_fkey FOREIGN KEY (follows) REFERENCES enrolment(id),
  CONSTRAINT enrolment_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id),
  CONSTRAINT enrolment_check CHECK ((state = 'OFFERED'::text) = (held_until IS NOT NULL))
);
CREATE INDEX enrolment_application ON enrolment USING btree (application_id);
CREATE UNIQUE INDEX enrolment_follows ON enrolment USING btree (follows);
CREATE UNIQUE INDEX enrolment_live ON enrolment USING btree (session_id, person) WHERE state = ANY (ARRAY['SUBMITTED'::text, 'WAITLISTED'::text, 'OFFERED'::text, 'ADMITTED'::text, 'ATTENDING'::text]);
CREATE INDEX enrolment_of_body ON enrolment USING btree (body_code, id);
CREATE UNIQUE INDEX enrolment_of_course ON enrolment USING btree (course_id, person) WHERE state = ANY (ARRAY['OFFERED'::text, 'ADMITTED'::text, 'ATTENDING'::text, 'COMPLETED'::text, 'CERTIFIED'::text]);
CREATE INDEX enrolment_of_session ON enrolment USING btree (session_id, id);
CREATE INDEX enrolment_offered ON enrolment USING btree (held_until) WHERE state = 'OFFERED'::text;
CREATE INDEX enrolment_waiting ON enrolment USING btree (session_id, waiting_no) WHERE state = 'WAITLISTED'::text;
CREATE UNIQUE INDEX enrolment_waiting_no ON enrolment USING btree (session_id, waiting_no);

CREATE TABLE lottery_commit (
  session_id uuid NOT NULL,
  commit_sha256 text NOT NULL,
  priority_bodies text[] NOT NULL,
  committed_by text NOT NULL,
  committed_at timestamp with time zone NOT NULL,
  CONSTRAINT lottery_commit_pkey PRIMARY KEY (session_id),
  CONSTRAINT lottery_commit_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id)
);
COMMENT ON TABLE lottery_commit IS 'journal of what was published before windows opened: what the seed of a draw hashes to, and the bodies that come first (TRN-4.3)';

CREATE TABLE message (
  id uuid NOT NULL,
  recipient text NOT NULL,
  kind text NOT NULL,
  body_code text NOT NULL,
  reference text NOT NULL,
  session_id uuid,
  address bytea,
  content bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  digested_at timestamp with time zone,
  taken_at timestamp with time zone,
  CONSTRAINT message_pkey PRIMARY KEY (id)
);
CREATE INDEX message_of_body ON message USING btree (body_code, id);
CREATE UNIQUE INDEX message_once ON message USING btree (recipient, kind, reference);
CREATE INDEX message_undigested ON message USING btree (body_code) WHERE recipient = 'LEARNER'::text AND digested_at IS NULL;
CREATE INDEX message_waiting ON message USING btree (id) WHERE taken_at IS NULL;

CREATE TABLE selection_proposal (
  session_id uuid NOT NULL,
  reviewed jsonb NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  CONSTRAINT selection_proposal_pkey PRIMARY KEY (session_id),
  CONSTRAINT selection_proposal_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id)
);

CREATE TABLE selection_result (
  session_id uuid NOT NULL,
  kind text NOT NULL,
  published text NOT NULL,
  selected_by text NOT NULL,
  selected_at timestamp with time zone NOT NULL,
  CONSTRAINT selection_result_pkey PRIMARY KEY (session_id),
  CONSTRAINT selection_result_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id)
);
COMMENT ON TABLE selection_result IS 'journal of selections as they were published; a result does not change (TRN-4.3, 7)';

CREATE TABLE session (
  id uuid NOT NULL,
  course_id uuid NOT NULL,
  number integer NOT NULL,
  capacity integer NOT NULL,
  room_places integer NOT NULL,
  lab_machines integer,
  materials integer,
  body_quota integer NOT NULL,
  selection text NOT NULL,
  window_opens_at timestamp with time zone NOT NULL,
  window_closes_at timestamp with time zone NOT NULL,
  result_on date NOT NULL,
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  planned_minutes integer NOT NULL,
  venue text NOT NULL,
  prefecture text NOT NULL,
  is_extra boolean NOT NULL,
  state text NOT NULL,
  version integer NOT NULL,
  told integer NOT NULL,
  successor_id uuid,
  reason text,
  report_ref text,
  published_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT session_pkey PRIMARY KEY (id),
  CONSTRAINT session_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id),
  CONSTRAINT session_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES session(id),
  CONSTRAINT session_check CHECK (window_opens_at < window_closes_at AND window_closes_at <= starts_at AND starts_at < ends_at)
);
CREATE INDEX session_closing ON session USING btree (window_closes_at) WHERE state = ANY (ARRAY['ACCEPTING'::text, 'FULL'::text]);
CREATE UNIQUE INDEX session_number ON session USING btree (course_id, number);
CREATE INDEX session_opening ON session USING btree (window_opens_at) WHERE state = 'PUBLISHED'::text;
CREATE INDEX session_starting ON session USING btree (starts_at);

CREATE TABLE session_place (
  session_id uuid NOT NULL,
  capacity integer NOT NULL,
  body_quota integer NOT NULL,
  taken integer NOT NULL,
  waiting integer NOT NULL,
  last_waiting_no integer NOT NULL /* waiting numbers given so far, without gaps in the order of the commits (TRN-4.4 I4) */,
  CONSTRAINT session_place_pkey PRIMARY KEY (session_id),
  CONSTRAINT session_place_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id),
  CONSTRAINT session_place_check CHECK (taken >= 0 AND taken <= capacity),
  CONSTRAINT session_place_check1 CHECK (waiting >= 0 AND waiting <= last_waiting_no)
);

CREATE TABLE statistics_month (
  month text NOT NULL,
  report jsonb NOT NULL,
  closed_at timestamp with time zone NOT NULL,
  CONSTRAINT statistics_month_pkey PRIMARY KEY (month)
);
COMMENT ON TABLE statistics_month IS 'journal of the monthly reports as they were closed (TRN-4.10)';
