-- training: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE assessment (
  id uuid NOT NULL,
  course_id uuid NOT NULL,
  title text NOT NULL,
  pass_score numeric(5,4) NOT NULL,
  limit_minutes integer NOT NULL,
  drawn jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT assessment_pkey PRIMARY KEY (id),
  CONSTRAINT assessment_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id),
  CONSTRAINT assessment_pass_score_check CHECK (pass_score >= 0::numeric AND pass_score <= 1::numeric)
);

CREATE TABLE assessment_attempt (
  id uuid NOT NULL,
  registration_id uuid,
  assessment_id uuid NOT NULL,
  number integer NOT NULL,
  seed text NOT NULL,
  state text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  score numeric(7,6),
  CONSTRAINT assessment_attempt_pkey PRIMARY KEY (id),
  CONSTRAINT assessment_attempt_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id),
  CONSTRAINT assessment_attempt_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES elearning_registration(id)
);
CREATE INDEX assessment_attempt_due ON assessment_attempt USING btree (due_at) WHERE state = 'OPEN'::text;
CREATE UNIQUE INDEX assessment_attempt_number ON assessment_attempt USING btree (registration_id, number);
CREATE UNIQUE INDEX assessment_attempt_open ON assessment_attempt USING btree (registration_id) WHERE state = 'OPEN'::text;

CREATE TABLE assessment_item (
  assessment_id uuid NOT NULL,
  item_id text NOT NULL,
  topic text NOT NULL,
  points integer NOT NULL,
  question text NOT NULL,
  options jsonb NOT NULL,
  key jsonb NOT NULL,
  CONSTRAINT assessment_item_pkey PRIMARY KEY (assessment_id, item_id),
  CONSTRAINT assessment_item_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id)
);
COMMENT ON TABLE assessment_item IS 'journal: an item that people have answered is not another one later';

CREATE TABLE attempt_answer (
  attempt_id uuid NOT NULL,
  item_id text NOT NULL,
  place integer NOT NULL,
  options text[] NOT NULL,
  answer text[],
  saved_at timestamp with time zone,
  score numeric(7,6),
  CONSTRAINT attempt_answer_pkey PRIMARY KEY (attempt_id, item_id),
  CONSTRAINT attempt_answer_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES assessment_attempt(id)
);
CREATE INDEX attempt_answer_of_item ON attempt_answer USING btree (item_id) WHERE score IS NOT NULL;

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

CREATE TABLE au_progress (
  registration_id uuid NOT NULL,
  au integer NOT NULL,
  completed_at timestamp with time zone,
  passed_at timestamp with time zone,
  failed_at timestamp with time zone,
  waived_at timestamp with time zone,
  score numeric(7,6),
  CONSTRAINT au_progress_pkey PRIMARY KEY (registration_id, au),
  CONSTRAINT au_progress_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES elearning_registration(id)
);

CREATE TABLE au_session (
  id uuid NOT NULL,
  registration_id uuid NOT NULL,
  au integer NOT NULL,
  mode text NOT NULL,
  state text NOT NULL,
  is_completed boolean DEFAULT false NOT NULL,
  is_passed boolean DEFAULT false NOT NULL,
  is_failed boolean DEFAULT false NOT NULL,
  launch_hash bytea NOT NULL,
  auth_hash bytea,
  launched_at timestamp with time zone NOT NULL,
  last_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT au_session_pkey PRIMARY KEY (id),
  CONSTRAINT au_session_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES elearning_registration(id)
);
CREATE UNIQUE INDEX au_session_auth ON au_session USING btree (auth_hash);
CREATE INDEX au_session_idle ON au_session USING btree (last_at) WHERE state = ANY (ARRAY['LAUNCHED'::text, 'INITIALIZED'::text]);
CREATE UNIQUE INDEX au_session_launch ON au_session USING btree (launch_hash);
CREATE UNIQUE INDEX au_session_open ON au_session USING btree (registration_id) WHERE state = ANY (ARRAY['LAUNCHED'::text, 'INITIALIZED'::text]);

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

CREATE TABLE certificate (
  no text NOT NULL,
  state text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  body_code text NOT NULL,
  course_code text NOT NULL,
  fiscal_year integer NOT NULL,
  session_no integer NOT NULL,
  title text NOT NULL,
  holder_ref text NOT NULL,
  holder_name bytea NOT NULL,
  issued_on date NOT NULL,
  kid text NOT NULL,
  signature bytea NOT NULL,
  supersedes text,
  reason text,
  told integer NOT NULL,
  name_tries integer DEFAULT 0 NOT NULL,
  name_tries_since timestamp with time zone,
  issued_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT certificate_pkey PRIMARY KEY (no),
  CONSTRAINT certificate_kid_fkey FOREIGN KEY (kid) REFERENCES certificate_key(kid),
  CONSTRAINT certificate_supersedes_fkey FOREIGN KEY (supersedes) REFERENCES certificate(no)
);
CREATE INDEX certificate_body ON certificate USING btree (body_code, no);
CREATE UNIQUE INDEX certificate_subject ON certificate USING btree (subject_kind, subject_id) WHERE state <> 'SUPERSEDED'::text;

CREATE TABLE certificate_key (
  generation integer NOT NULL,
  kid text NOT NULL,
  label text NOT NULL,
  sealed bytea /* what the key store sealed; the signing key is computed from the key that it opens to */,
  public_key bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT certificate_key_pkey PRIMARY KEY (generation),
  CONSTRAINT certificate_key_kid_key UNIQUE (kid)
);

CREATE TABLE certificate_serial (
  fiscal_year integer NOT NULL,
  course_code text NOT NULL,
  session_no integer NOT NULL,
  last integer NOT NULL,
  CONSTRAINT certificate_serial_pkey PRIMARY KEY (fiscal_year, course_code, session_no),
  CONSTRAINT certificate_serial_last_check CHECK (last >= 0 AND last <= 999999)
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
  prework text[] DEFAULT '{}'::text[] NOT NULL /* codes of e-learning to be completed before a session begins (TRN-2) */,
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

CREATE TABLE elearning_figure (
  course_id uuid NOT NULL,
  is_started boolean NOT NULL,
  is_finished boolean NOT NULL,
  seconds double precision,
  CONSTRAINT elearning_figure_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id)
);
COMMENT ON TABLE elearning_figure IS 'journal of what statistics count of registrations whose people were forgotten, a row each, without body and dates (TRN-9)';
CREATE INDEX elearning_figure_course ON elearning_figure USING btree (course_id);

CREATE TABLE elearning_offer (
  course_id uuid NOT NULL,
  package_id uuid,
  assessment_id uuid,
  floor integer NOT NULL,
  pool_places integer NOT NULL,
  pool_taken integer NOT NULL,
  pooled_at timestamp with time zone,
  opened_at timestamp with time zone NOT NULL,
  CONSTRAINT elearning_offer_pkey PRIMARY KEY (course_id),
  CONSTRAINT elearning_offer_assessment_id_fkey FOREIGN KEY (assessment_id) REFERENCES assessment(id),
  CONSTRAINT elearning_offer_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id),
  CONSTRAINT elearning_offer_package_id_fkey FOREIGN KEY (package_id) REFERENCES learning_package(id),
  CONSTRAINT elearning_offer_check CHECK (pool_taken >= 0 AND pool_taken <= pool_places)
);

CREATE TABLE elearning_registration (
  id uuid NOT NULL,
  course_id uuid NOT NULL,
  body_code text NOT NULL,
  learner_index bytea NOT NULL,
  staff_no bytea NOT NULL,
  name_kanji bytea NOT NULL,
  name_kana bytea NOT NULL,
  mail bytea NOT NULL,
  is_from_pool boolean NOT NULL,
  state text NOT NULL,
  satisfied text[] DEFAULT '{}'::text[] NOT NULL /* blocks of the package, and `course`, of which Satisfied was stated */,
  registered_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  certified_at timestamp with time zone,
  CONSTRAINT elearning_registration_pkey PRIMARY KEY (id),
  CONSTRAINT elearning_registration_course_id_fkey FOREIGN KEY (course_id) REFERENCES elearning_offer(course_id)
);
CREATE INDEX elearning_registration_completed ON elearning_registration USING btree (ended_at) WHERE state = 'COMPLETED'::text AND certified_at IS NULL;
CREATE INDEX elearning_registration_of_body ON elearning_registration USING btree (course_id, body_code, id);
CREATE UNIQUE INDEX elearning_registration_once ON elearning_registration USING btree (course_id, body_code, learner_index) WHERE state <> 'WITHDRAWN'::text;
CREATE INDEX elearning_registration_running ON elearning_registration USING btree (course_id) WHERE state = ANY (ARRAY['REGISTERED'::text, 'STARTED'::text]);

CREATE TABLE elearning_share (
  course_id uuid NOT NULL,
  body_code text NOT NULL,
  places integer NOT NULL,
  taken integer NOT NULL,
  CONSTRAINT elearning_share_pkey PRIMARY KEY (course_id, body_code),
  CONSTRAINT elearning_share_course_id_fkey FOREIGN KEY (course_id) REFERENCES elearning_offer(course_id),
  CONSTRAINT elearning_share_check CHECK (taken >= 0 AND taken <= places)
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
  CONSTRAINT enrolment_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id),
  CONSTRAINT enrolment_check CHECK ((state = 'OFFERED'::text) = (held_until IS NOT NULL))
);
CREATE INDEX enrolment_application ON enrolment USING btree (application_id);
CREATE INDEX enrolment_completed ON enrolment USING btree (session_id) WHERE state = 'COMPLETED'::text;
CREATE UNIQUE INDEX enrolment_follows ON enrolment USING btree (follows);
CREATE UNIQUE INDEX enrolment_live ON enrolment USING btree (session_id, person) WHERE state = ANY (ARRAY['SUBMITTED'::text, 'WAITLISTED'::text, 'OFFERED'::text, 'ADMITTED'::text, 'ATTENDING'::text]);
CREATE INDEX enrolment_of_body ON enrolment USING btree (body_code, id);
CREATE UNIQUE INDEX enrolment_of_course ON enrolment USING btree (course_id, person) WHERE state = ANY (ARRAY['OFFERED'::text, 'ADMITTED'::text, 'ATTENDING'::text, 'COMPLETED'::text, 'CERTIFIED'::text]);
CREATE INDEX enrolment_of_session ON enrolment USING btree (session_id, id);
CREATE INDEX enrolment_offered ON enrolment USING btree (held_until) WHERE state = 'OFFERED'::text;
CREATE INDEX enrolment_waiting ON enrolment USING btree (session_id, waiting_no) WHERE state = 'WAITLISTED'::text;
CREATE UNIQUE INDEX enrolment_waiting_no ON enrolment USING btree (session_id, waiting_no);

CREATE TABLE external_completion (
  case_id uuid NOT NULL,
  body_code text NOT NULL,
  person bytea NOT NULL /* keyed hash of body and staff number, as of an enrolment */,
  learner bytea NOT NULL,
  completed_on date NOT NULL,
  CONSTRAINT external_completion_pkey PRIMARY KEY (case_id, body_code, person),
  CONSTRAINT external_completion_case_id_fkey FOREIGN KEY (case_id) REFERENCES subsidy_case(id)
);

CREATE TABLE learner_document (
  kind text NOT NULL,
  owner text NOT NULL /* STATE: registration; PROFILE: account of the learner */,
  activity text NOT NULL,
  name text NOT NULL,
  content_type text NOT NULL,
  content bytea NOT NULL,
  etag text NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT learner_document_pkey PRIMARY KEY (kind, owner, activity, name)
);

CREATE TABLE learning_package (
  id uuid NOT NULL,
  course_id uuid NOT NULL,
  sha256 text NOT NULL,
  format text NOT NULL,
  title text NOT NULL,
  structure jsonb NOT NULL,
  files integer NOT NULL,
  bytes bigint NOT NULL,
  overlong_values integer DEFAULT 0 NOT NULL /* values that its content tried to keep beyond the limits of SCORM (TRN-7) */,
  uploaded_at timestamp with time zone NOT NULL,
  uploaded_by text NOT NULL,
  CONSTRAINT learning_package_pkey PRIMARY KEY (id),
  CONSTRAINT learning_package_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id)
);
CREATE UNIQUE INDEX learning_package_once ON learning_package USING btree (course_id, sha256);

CREATE TABLE lecturer (
  id uuid NOT NULL,
  number integer GENERATED ALWAYS AS IDENTITY,
  name bytea NOT NULL,
  employer text NOT NULL,
  subjects text[] NOT NULL,
  interests jsonb NOT NULL /* declared contracts and bids of the employer, by body */,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT lecturer_pkey PRIMARY KEY (id),
  CONSTRAINT lecturer_number_key UNIQUE (number)
);

CREATE TABLE lecturer_booking (
  request_id uuid NOT NULL,
  lecturer integer NOT NULL,
  during tstzrange NOT NULL,
  CONSTRAINT lecturer_booking_pkey PRIMARY KEY (request_id),
  CONSTRAINT lecturer_booking_lecturer_fkey FOREIGN KEY (lecturer) REFERENCES lecturer(number),
  CONSTRAINT lecturer_booking_request_id_fkey FOREIGN KEY (request_id) REFERENCES lecturer_request(id),
  CONSTRAINT lecturer_booking_int4range_during_excl EXCLUDE USING gist (int4range(lecturer, lecturer, '[]'::text) WITH &&, during WITH &&)
);

CREATE TABLE lecturer_request (
  id uuid NOT NULL,
  kind text NOT NULL,
  body_code text NOT NULL,
  fiscal_year integer NOT NULL,
  subject text NOT NULL,
  audience text NOT NULL,
  candidates jsonb NOT NULL,
  place text NOT NULL,
  travel_paid_by text NOT NULL,
  state text NOT NULL,
  lecturer_id uuid,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  attended integer,
  rating integer,
  requested_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT lecturer_request_pkey PRIMARY KEY (id),
  CONSTRAINT lecturer_request_lecturer_id_fkey FOREIGN KEY (lecturer_id) REFERENCES lecturer(id)
);
CREATE INDEX lecturer_request_body ON lecturer_request USING btree (body_code, id);
CREATE UNIQUE INDEX lecturer_request_free ON lecturer_request USING btree (body_code, fiscal_year) WHERE kind = 'DISPATCH'::text AND state <> 'WITHDRAWN'::text;

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

CREATE TABLE package_file (
  package_id uuid NOT NULL,
  path text NOT NULL,
  content_type text NOT NULL,
  sha256 text NOT NULL,
  content bytea NOT NULL,
  CONSTRAINT package_file_pkey PRIMARY KEY (package_id, path)
);
COMMENT ON TABLE package_file IS 'journal of what packages contain: written once';

CREATE TABLE selection_correction (
  session_id uuid NOT NULL,
  number integer NOT NULL,
  report text NOT NULL,
  kid text NOT NULL,
  signature bytea NOT NULL,
  proposed_by text NOT NULL,
  confirmed_by text NOT NULL,
  corrected_at timestamp with time zone NOT NULL,
  CONSTRAINT selection_correction_pkey PRIMARY KEY (session_id, number),
  CONSTRAINT selection_correction_kid_fkey FOREIGN KEY (kid) REFERENCES certificate_key(kid),
  CONSTRAINT selection_correction_session_id_fkey FOREIGN KEY (session_id) REFERENCES selection_result(session_id),
  CONSTRAINT selection_correction_check CHECK (proposed_by <> confirmed_by)
);
COMMENT ON TABLE selection_correction IS 'journal of signed reports that correct a published selection, which itself does not change (TRN-7)';

CREATE TABLE selection_correction_proposal (
  session_id uuid NOT NULL,
  correction jsonb NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  CONSTRAINT selection_correction_proposal_pkey PRIMARY KEY (session_id),
  CONSTRAINT selection_correction_proposal_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id)
);

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

CREATE TABLE session_figure (
  session_id uuid NOT NULL,
  bodies jsonb NOT NULL,
  ended_before timestamp with time zone NOT NULL,
  CONSTRAINT session_figure_pkey PRIMARY KEY (session_id),
  CONSTRAINT session_figure_session_id_fkey FOREIGN KEY (session_id) REFERENCES session(id)
);
COMMENT ON TABLE session_figure IS 'journal of what statistics count of a session whose people were forgotten, by body (TRN-9)';

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

CREATE TABLE statement (
  id uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  registration_id uuid NOT NULL,
  session_id uuid NOT NULL,
  verb text NOT NULL,
  activity text NOT NULL,
  stored timestamp with time zone NOT NULL,
  hash bytea NOT NULL,
  counts boolean NOT NULL,
  body text NOT NULL,
  CONSTRAINT statement_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE statement IS 'journal of what was stated (xAPI), by `seq` in the order of storing; without `counts` outside of the period of its registration';
CREATE INDEX statement_of_registration ON statement USING btree (registration_id, seq);
CREATE INDEX statement_stored ON statement USING brin (stored);

CREATE TABLE statement_figure (
  course_id uuid NOT NULL,
  month text NOT NULL,
  verb text NOT NULL,
  statements integer NOT NULL,
  CONSTRAINT statement_figure_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id)
);
COMMENT ON TABLE statement_figure IS 'journal of how many statements were forgotten, by course, month and verb: rows of the same add up (TRN-9)';

CREATE TABLE statistics_month (
  month text NOT NULL,
  report jsonb NOT NULL,
  closed_at timestamp with time zone NOT NULL,
  CONSTRAINT statistics_month_pkey PRIMARY KEY (month)
);
COMMENT ON TABLE statistics_month IS 'journal of the monthly reports as they were closed (TRN-4.10)';

CREATE TABLE subsidy_case (
  id uuid NOT NULL,
  host text NOT NULL /* organisation of the prefecture, or of the association for which the agency filed */,
  prefecture text NOT NULL,
  fiscal_year integer NOT NULL,
  title text NOT NULL,
  municipalities text[] NOT NULL,
  planned_on date NOT NULL,
  planned_participants integer NOT NULL,
  planned_costs jsonb NOT NULL,
  state text NOT NULL,
  approved_yen integer,
  held_on date,
  actual_costs jsonb,
  participants integer,
  fixed_yen integer,
  note text,
  applied_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT subsidy_case_pkey PRIMARY KEY (id)
);
CREATE INDEX subsidy_case_host ON subsidy_case USING btree (host, id);
CREATE INDEX subsidy_case_open ON subsidy_case USING btree (id) WHERE state = ANY (ARRAY['APPROVED'::text, 'HELD'::text]);

CREATE TABLE subsidy_fund (
  fiscal_year integer NOT NULL,
  fund_yen bigint NOT NULL,
  approved_yen bigint NOT NULL,
  CONSTRAINT subsidy_fund_pkey PRIMARY KEY (fiscal_year),
  CONSTRAINT subsidy_fund_check CHECK (approved_yen >= 0 AND approved_yen <= fund_yen)
);

CREATE TABLE textbook (
  id uuid NOT NULL,
  owner text NOT NULL /* agency, or code of the body whose edition it is */,
  title text NOT NULL,
  scope text NOT NULL,
  state text NOT NULL,
  credit_line text NOT NULL,
  derived_from uuid,
  latest_version integer NOT NULL,
  published_version integer,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT textbook_pkey PRIMARY KEY (id),
  CONSTRAINT textbook_derived_from_fkey FOREIGN KEY (derived_from) REFERENCES textbook(id)
);

CREATE TABLE textbook_figure (
  textbook_id uuid NOT NULL,
  version integer NOT NULL,
  figure text NOT NULL,
  right_kind text NOT NULL,
  licensed_until date,
  permission_ref text,
  CONSTRAINT textbook_figure_pkey PRIMARY KEY (textbook_id, version, figure),
  CONSTRAINT textbook_figure_textbook_id_version_fkey FOREIGN KEY (textbook_id, version) REFERENCES textbook_version(textbook_id, version)
);

CREATE TABLE textbook_version (
  textbook_id uuid NOT NULL,
  version integer NOT NULL,
  sha256 text NOT NULL,
  length bigint NOT NULL,
  uploaded_at timestamp with time zone NOT NULL,
  CONSTRAINT textbook_version_pkey PRIMARY KEY (textbook_id, version),
  CONSTRAINT textbook_version_textbook_id_fkey FOREIGN KEY (textbook_id) REFERENCES textbook(id)
);

CREATE TABLE video (
  id uuid NOT NULL,
  course_id uuid,
  title text NOT NULL,
  state text NOT NULL,
  delivery text NOT NULL,
  sha256 text NOT NULL,
  length bigint NOT NULL,
  duration_ms integer NOT NULL,
  transcoding_until timestamp with time zone,
  expires_on date,
  uploaded_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT video_pkey PRIMARY KEY (id),
  CONSTRAINT video_course_id_fkey FOREIGN KEY (course_id) REFERENCES course(id),
  CONSTRAINT video_duration_ms_check CHECK (duration_ms > 0)
);
CREATE INDEX video_expiry ON video USING btree (expires_on) WHERE state = 'PUBLISHED'::text;
CREATE UNIQUE INDEX video_sha256 ON video USING btree (sha256) WHERE state <> 'EXPIRED'::text;

CREATE TABLE video_caption (
  video_id uuid NOT NULL,
  language text NOT NULL,
  content text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT video_caption_pkey PRIMARY KEY (video_id, language),
  CONSTRAINT video_caption_video_id_fkey FOREIGN KEY (video_id) REFERENCES video(id)
);

CREATE TABLE video_rendition (
  video_id uuid NOT NULL,
  kbps integer NOT NULL,
  sha256 text NOT NULL,
  length bigint NOT NULL,
  CONSTRAINT video_rendition_pkey PRIMARY KEY (video_id, kbps),
  CONSTRAINT video_rendition_video_id_fkey FOREIGN KEY (video_id) REFERENCES video(id)
);

CREATE TABLE video_viewing (
  id uuid NOT NULL,
  video_id uuid NOT NULL,
  body_code text NOT NULL,
  viewer bytea NOT NULL /* keyed hash of body and person */,
  played jsonb NOT NULL,
  played_ms integer NOT NULL,
  credited_at timestamp with time zone NOT NULL /* since when the clock runs against which the next played seconds are held (TRN-4.8) */,
  watched_at timestamp with time zone,
  registration_id uuid /* of whose course the film is a part; `viewer` is then of the registration, whoever plays it (TRN-4.8) */,
  CONSTRAINT video_viewing_pkey PRIMARY KEY (id),
  CONSTRAINT video_viewing_registration_id_fkey FOREIGN KEY (registration_id) REFERENCES elearning_registration(id),
  CONSTRAINT video_viewing_video_id_fkey FOREIGN KEY (video_id) REFERENCES video(id)
);
CREATE INDEX video_viewing_registration ON video_viewing USING btree (registration_id) WHERE registration_id IS NOT NULL;
CREATE UNIQUE INDEX video_viewing_viewer ON video_viewing USING btree (video_id, body_code, viewer);

CREATE OR REPLACE FUNCTION training.purge_statements(before timestamp with time zone, most integer)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'training', 'pg_temp'
AS $function$
  WITH chunk AS MATERIALIZED (
    SELECT id FROM statement WHERE stored < least(before, now() - interval '2 years') LIMIT most
  ), gone AS (
    DELETE FROM statement s USING chunk c WHERE s.id = c.id RETURNING s.registration_id, s.stored, s.verb
  ), counted AS (
    INSERT INTO statement_figure (course_id, month, verb, statements)
    SELECT r.course_id, to_char(g.stored AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM'), g.verb, count(*) FROM gone g JOIN elearning_registration r ON r.id = g.registration_id GROUP BY 1, 2, 3
  )
  SELECT count(*)::integer FROM gone;
$function$
;
