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
  CONSTRAINT video_viewing_pkey PRIMARY KEY (id),
  CONSTRAINT video_viewing_video_id_fkey FOREIGN KEY (video_id) REFERENCES video(id)
);
CREATE UNIQUE INDEX video_viewing_viewer ON video_viewing USING btree (video_id, body_code, viewer);
