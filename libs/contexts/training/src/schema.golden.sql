-- training: the schema that the migrations lead to. Written by `npm run golden`.

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
