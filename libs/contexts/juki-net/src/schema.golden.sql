-- juki-net: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE allocated_code (
  code_index bytea NOT NULL,
  block_id uuid NOT NULL,
  "position" integer NOT NULL,
  municipality_code text NOT NULL,
  sealed bytea NOT NULL,
  state text NOT NULL,
  written_on date,
  CONSTRAINT allocated_code_pkey PRIMARY KEY (code_index),
  CONSTRAINT allocated_code_state_check CHECK (state = ANY (ARRAY['ALLOCATED'::text, 'WRITTEN'::text, 'SUPERSEDED'::text, 'RETIRED'::text, 'WITHDRAWN'::text, 'VOID'::text]))
) PARTITION BY HASH (code_index);
CREATE INDEX allocated_code_block ON allocated_code USING btree (block_id, "position");
CREATE INDEX allocated_code_unused ON allocated_code USING btree (municipality_code) WHERE state = 'ALLOCATED'::text;
CREATE INDEX allocated_code_use ON allocated_code USING btree (municipality_code, written_on) WHERE written_on IS NOT NULL;
CREATE TABLE allocated_code_0 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE allocated_code_1 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE allocated_code_2 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE allocated_code_3 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE allocated_code_4 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE allocated_code_5 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE allocated_code_6 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE allocated_code_7 PARTITION OF allocated_code FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE appended_use (
  client text NOT NULL,
  record_id uuid NOT NULL,
  digest bytea NOT NULL,
  CONSTRAINT appended_use_pkey PRIMARY KEY (client, record_id)
);
COMMENT ON TABLE appended_use IS 'journal of the ids of appended uses';

CREATE TABLE awaited_move (
  notice_id uuid NOT NULL,
  released_for uuid,
  CONSTRAINT awaited_move_pkey PRIMARY KEY (notice_id)
);

CREATE TABLE batch_refusal (
  day date NOT NULL,
  batch_id uuid NOT NULL,
  lines bigint NOT NULL,
  CONSTRAINT batch_refusal_pkey PRIMARY KEY (day, batch_id)
);

CREATE TABLE change_notice (
  municipality_code text NOT NULL,
  person_key uuid NOT NULL,
  person_seq integer NOT NULL,
  notice_id uuid NOT NULL,
  municipal_seq bigint NOT NULL,
  content_index bytea NOT NULL,
  change_reason text NOT NULL,
  change_date date NOT NULL,
  state text NOT NULL,
  code text,
  sealed bytea,
  file_id uuid,
  received_at timestamp with time zone NOT NULL,
  line integer,
  notified_as text,
  search_index bytea,
  notified_on date,
  gaiji_name smallint,
  gaiji_address smallint,
  management_no text,
  reason_detail bytea,
  CONSTRAINT change_notice_pkey PRIMARY KEY (municipality_code, person_key, person_seq)
) PARTITION BY HASH (municipality_code);
CREATE INDEX change_notice_held ON change_notice USING btree (person_key) WHERE state = 'HELD'::text;
CREATE INDEX change_notice_id ON change_notice USING btree (notice_id);
CREATE INDEX change_notice_moves ON change_notice USING btree (received_at, notice_id) WHERE change_reason = ANY (ARRAY['11'::text, '12'::text, '14'::text, '18'::text, '22'::text, '26'::text]);
CREATE INDEX change_notice_search ON change_notice USING btree (municipality_code, search_index) WHERE search_index IS NOT NULL;
CREATE INDEX change_notice_waiting ON change_notice USING btree (state, notice_id) WHERE state = ANY (ARRAY['HELD'::text, 'QUARANTINED'::text]);
CREATE TABLE change_notice_0 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE change_notice_1 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE change_notice_2 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE change_notice_3 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE change_notice_4 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE change_notice_5 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE change_notice_6 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE change_notice_7 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE change_subscription (
  subscription_id uuid NOT NULL,
  institution text NOT NULL,
  organisation text NOT NULL,
  number integer NOT NULL,
  grant_id uuid NOT NULL,
  reasons text[] NOT NULL,
  every text NOT NULL,
  day integer,
  state text NOT NULL,
  persons integer DEFAULT 0 NOT NULL,
  next_on date NOT NULL,
  job_id uuid,
  batch_id uuid,
  compared_at timestamp with time zone NOT NULL,
  told integer DEFAULT 0 NOT NULL,
  created_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT change_subscription_pkey PRIMARY KEY (subscription_id),
  CONSTRAINT change_subscription_institution_organisation_number_key UNIQUE (institution, organisation, number),
  CONSTRAINT change_subscription_every_check CHECK (every = ANY (ARRAY['DAILY'::text, 'WEEKLY'::text, 'MONTHLY'::text])),
  CONSTRAINT change_subscription_state_check CHECK (state = ANY (ARRAY['ACTIVE'::text, 'ENDED'::text]))
);
CREATE INDEX change_subscription_due ON change_subscription USING btree (next_on) WHERE state = 'ACTIVE'::text;

CREATE TABLE change_subscription_person (
  subscription_id uuid NOT NULL,
  person_key uuid NOT NULL,
  ref_index bytea NOT NULL,
  requester_ref bytea NOT NULL,
  key_kind text NOT NULL,
  seen_version integer NOT NULL,
  seen_status text NOT NULL,
  seen_protected boolean NOT NULL,
  told_result text,
  told bytea NOT NULL,
  CONSTRAINT change_subscription_person_pkey PRIMARY KEY (subscription_id, person_key),
  CONSTRAINT change_subscription_person_subscription_id_ref_index_key UNIQUE (subscription_id, ref_index)
);

CREATE TABLE code_block (
  block_id uuid NOT NULL,
  municipality_code text NOT NULL,
  size integer NOT NULL,
  reason text NOT NULL,
  state text NOT NULL,
  allocated_at timestamp with time zone NOT NULL,
  CONSTRAINT code_block_pkey PRIMARY KEY (block_id),
  CONSTRAINT code_block_state_check CHECK (state = ANY (ARRAY['ACTIVE'::text, 'WITHDRAWN'::text]))
);
CREATE INDEX code_block_municipality ON code_block USING btree (municipality_code, allocated_at);

CREATE TABLE code_conflict (
  case_id uuid NOT NULL,
  code_index bytea NOT NULL,
  state text NOT NULL,
  reported_by text NOT NULL,
  decided_by text,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT code_conflict_pkey PRIMARY KEY (case_id),
  CONSTRAINT code_conflict_state_check CHECK (state = ANY (ARRAY['REPORTED'::text, 'CONFIRMED'::text, 'DISMISSED'::text]))
);
CREATE UNIQUE INDEX code_conflict_open ON code_conflict USING btree (code_index) WHERE state = 'REPORTED'::text;

CREATE TABLE code_pool (
  pool smallint NOT NULL,
  next_serial bigint NOT NULL,
  CONSTRAINT code_pool_pkey PRIMARY KEY (pool),
  CONSTRAINT code_pool_next_serial_check CHECK (next_serial >= 0 AND next_serial <= '10000000000'::bigint),
  CONSTRAINT code_pool_pool_check CHECK (pool = 1)
);

CREATE TABLE counted_move (
  municipality_code text NOT NULL,
  person_key uuid NOT NULL,
  person_seq integer NOT NULL,
  stay smallint NOT NULL,
  extract_id uuid NOT NULL,
  row_id uuid NOT NULL,
  reversed_by uuid,
  rejected boolean DEFAULT false NOT NULL,
  CONSTRAINT counted_move_pkey PRIMARY KEY (municipality_code, person_key, person_seq, stay)
);
CREATE INDEX counted_move_undone ON counted_move USING btree (person_key) WHERE rejected OR reversed_by IS NOT NULL;

CREATE TABLE delivery_unknown (
  person_key uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  use_id uuid NOT NULL,
  CONSTRAINT delivery_unknown_pkey PRIMARY KEY (person_key, at, use_id),
  CONSTRAINT delivery_unknown_person_key_at_use_id_fkey FOREIGN KEY (person_key, at, use_id) REFERENCES use_record(person_key, at, use_id) ON DELETE CASCADE
);
COMMENT ON TABLE delivery_unknown IS 'journal of answers that were not heard';

CREATE TABLE disclosure_correction (
  request_id uuid NOT NULL,
  report_id uuid NOT NULL,
  CONSTRAINT disclosure_correction_pkey PRIMARY KEY (request_id, report_id)
);

CREATE TABLE disclosure_request (
  request_id uuid NOT NULL,
  kind text NOT NULL,
  organisation text NOT NULL,
  person_key uuid,
  state text NOT NULL,
  received_on date NOT NULL,
  target_on date NOT NULL,
  due_on date NOT NULL,
  period_from date,
  period_until date,
  means text,
  outcome text,
  withheld text[] NOT NULL,
  reason text,
  decided_by text,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT disclosure_request_pkey PRIMARY KEY (request_id),
  CONSTRAINT disclosure_request_kind_check CHECK (kind = ANY (ARRAY['SELF'::text, 'USE_HISTORY'::text])),
  CONSTRAINT disclosure_request_state_check CHECK (state = ANY (ARRAY['RECEIVED'::text, 'IDENTIFIED'::text, 'DECIDED'::text, 'GIVEN'::text]))
);
CREATE INDEX disclosure_request_open ON disclosure_request USING btree (target_on) WHERE state <> 'GIVEN'::text;

CREATE TABLE duty_hours (
  organisation text NOT NULL,
  opens time without time zone NOT NULL,
  closes time without time zone NOT NULL,
  on_closed_days boolean NOT NULL,
  set_by text NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT duty_hours_pkey PRIMARY KEY (organisation),
  CONSTRAINT duty_hours_check CHECK (opens < closes)
);

CREATE TABLE entry_search (
  search_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  steps integer NOT NULL,
  name_index bytea NOT NULL,
  sealed bytea NOT NULL,
  found integer NOT NULL,
  opened_by text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  same_person_key uuid,
  confirmed_by text,
  confirmed_on date,
  CONSTRAINT entry_search_pkey PRIMARY KEY (search_id),
  CONSTRAINT entry_search_state_check CHECK (state = ANY (ARRAY['SEARCHED'::text, 'TOO_WIDE'::text, 'DECIDED'::text, 'CONFIRMED'::text, 'REFUSED'::text]))
);
CREATE INDEX entry_search_municipality ON entry_search USING btree (municipality_code, search_id);
CREATE INDEX entry_search_name ON entry_search USING btree (municipality_code, name_index) WHERE state = 'CONFIRMED'::text;
CREATE INDEX entry_search_same ON entry_search USING btree (municipality_code, same_person_key) WHERE state = 'CONFIRMED'::text AND same_person_key IS NOT NULL;

CREATE TABLE entry_search_candidate (
  search_id uuid NOT NULL,
  candidate smallint NOT NULL,
  person_key uuid NOT NULL,
  verdict text,
  sealed_reason bytea,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT entry_search_candidate_pkey PRIMARY KEY (search_id, candidate),
  CONSTRAINT entry_search_candidate_verdict_check CHECK (verdict = ANY (ARRAY['SAME'::text, 'DIFFERENT'::text]))
);

CREATE TABLE entry_search_duty (
  municipality_code text NOT NULL,
  since date NOT NULL,
  set_by text NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT entry_search_duty_pkey PRIMARY KEY (municipality_code)
);

CREATE TABLE error_report (
  report_id uuid NOT NULL,
  municipality_code text NOT NULL,
  person_key uuid NOT NULL,
  items text[] NOT NULL,
  ground text NOT NULL,
  state text NOT NULL,
  version integer NOT NULL,
  reported_by text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  notice_id uuid,
  explanation text,
  answer_reference text,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT error_report_pkey PRIMARY KEY (report_id),
  CONSTRAINT error_report_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'ANSWERED'::text, 'CLOSED'::text]))
);
CREATE INDEX error_report_of_municipality ON error_report USING btree (municipality_code, report_id);
CREATE UNIQUE INDEX error_report_standing ON error_report USING btree (municipality_code, person_key) WHERE state <> 'CLOSED'::text;

CREATE TABLE exchange_certificate (
  institution text NOT NULL,
  organisation text NOT NULL,
  fingerprint bytea NOT NULL,
  certificate bytea NOT NULL,
  not_after timestamp with time zone NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT exchange_certificate_pkey PRIMARY KEY (institution, organisation, fingerprint)
);

CREATE TABLE exchange_in_fault (
  file_id uuid NOT NULL,
  line integer NOT NULL,
  "column" text NOT NULL,
  code text NOT NULL,
  CONSTRAINT exchange_in_fault_pkey PRIMARY KEY (file_id, line)
);

CREATE TABLE exchange_in_file (
  file_id uuid NOT NULL,
  institution text NOT NULL,
  organisation text NOT NULL,
  client text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  purpose text NOT NULL,
  sha256 bytea NOT NULL,
  sealed bytea,
  state text NOT NULL,
  job_id uuid,
  reference text DEFAULT ''::text NOT NULL,
  grant_id uuid,
  source_id uuid,
  reason text,
  lines integer DEFAULT 0 NOT NULL,
  faulty integer DEFAULT 0 NOT NULL,
  received_at timestamp with time zone NOT NULL,
  settled_at timestamp with time zone,
  told_late_at timestamp with time zone,
  CONSTRAINT exchange_in_file_pkey PRIMARY KEY (file_id),
  CONSTRAINT exchange_in_file_institution_organisation_name_key UNIQUE (institution, organisation, name)
);
CREATE INDEX exchange_in_file_list ON exchange_in_file USING btree (institution, organisation, file_id);
CREATE INDEX exchange_in_file_reference ON exchange_in_file USING btree (institution, organisation, kind, reference) WHERE state = 'VERIFIED'::text;
CREATE INDEX exchange_in_file_source ON exchange_in_file USING btree (source_id) WHERE kind = 'IMIN'::text;
CREATE INDEX exchange_in_file_waiting ON exchange_in_file USING btree (received_at) WHERE state = 'WAITING'::text;

CREATE TABLE exchange_key (
  number integer NOT NULL,
  private_key bytea NOT NULL,
  certificate bytea NOT NULL,
  made_at timestamp with time zone NOT NULL,
  opens_until timestamp with time zone,
  CONSTRAINT exchange_key_pkey PRIMARY KEY (number)
);

CREATE TABLE exchange_key_rotation (
  rotation_id uuid NOT NULL,
  overlap_days integer NOT NULL,
  state text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT exchange_key_rotation_pkey PRIMARY KEY (rotation_id)
);
CREATE UNIQUE INDEX exchange_key_rotation_standing ON exchange_key_rotation USING btree (state) WHERE state = 'PROPOSED'::text;

CREATE TABLE exchange_out_file (
  file_id uuid NOT NULL,
  institution text NOT NULL,
  organisation text NOT NULL,
  kind text NOT NULL,
  day date NOT NULL,
  number integer NOT NULL,
  purpose text NOT NULL,
  grant_id uuid,
  reference text NOT NULL,
  source_id uuid NOT NULL,
  first_line integer,
  last_line integer,
  lines integer NOT NULL,
  state text NOT NULL,
  sha256 bytea,
  ready_at timestamp with time zone NOT NULL,
  fetched_at timestamp with time zone,
  receipted_at timestamp with time zone,
  told_late_at timestamp with time zone,
  CONSTRAINT exchange_out_file_pkey PRIMARY KEY (file_id),
  CONSTRAINT exchange_out_file_institution_organisation_kind_day_number_key UNIQUE (institution, organisation, kind, day, number)
);
CREATE INDEX exchange_out_file_list ON exchange_out_file USING btree (institution, organisation, file_id);
CREATE INDEX exchange_out_file_open ON exchange_out_file USING btree (ready_at) WHERE state = ANY (ARRAY['READY'::text, 'FETCHED'::text]);
CREATE INDEX exchange_out_file_source ON exchange_out_file USING btree (source_id);

CREATE TABLE former_address (
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  stay smallint NOT NULL,
  person_seq integer NOT NULL,
  address text NOT NULL,
  place_key bigint,
  CONSTRAINT former_address_pkey PRIMARY KEY (person_key, municipality_code, stay, person_seq)
) PARTITION BY HASH (person_key);
CREATE INDEX former_address_place ON former_address USING btree (place_key);
CREATE TABLE former_address_0 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE former_address_1 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE former_address_2 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE former_address_3 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE former_address_4 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE former_address_5 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE former_address_6 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE former_address_7 PARTITION OF former_address FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE former_municipality (
  code text NOT NULL,
  change_id uuid NOT NULL,
  name text NOT NULL,
  CONSTRAINT former_municipality_pkey PRIMARY KEY (code, change_id)
);
CREATE INDEX former_municipality_change ON former_municipality USING btree (change_id);

CREATE TABLE grant_day (
  grant_id uuid NOT NULL,
  day date NOT NULL,
  told bigint NOT NULL,
  CONSTRAINT grant_day_pkey PRIMARY KEY (grant_id, day)
);

CREATE TABLE individual_number (
  number_index bytea NOT NULL,
  person_key uuid NOT NULL,
  CONSTRAINT individual_number_pkey PRIMARY KEY (number_index)
) PARTITION BY HASH (number_index);
CREATE TABLE individual_number_0 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE individual_number_1 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE individual_number_2 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE individual_number_3 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE individual_number_4 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE individual_number_5 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE individual_number_6 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE individual_number_7 PARTITION OF individual_number FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE initial_match (
  match_id uuid NOT NULL,
  organisation text NOT NULL,
  within text NOT NULL,
  sha256 bytea NOT NULL,
  job_id uuid NOT NULL,
  state text NOT NULL,
  rows integer NOT NULL,
  rejected integer DEFAULT 0 NOT NULL,
  auto integer DEFAULT 0 NOT NULL,
  review integer DEFAULT 0 NOT NULL,
  "none" integer DEFAULT 0 NOT NULL,
  linked integer DEFAULT 0 NOT NULL,
  unlinked integer DEFAULT 0 NOT NULL,
  received_at timestamp with time zone NOT NULL,
  variant_table text,
  CONSTRAINT initial_match_pkey PRIMARY KEY (match_id),
  CONSTRAINT initial_match_organisation_sha256_key UNIQUE (organisation, sha256),
  CONSTRAINT initial_match_state_check CHECK (state = ANY (ARRAY['LOADED'::text, 'NORMALISED'::text, 'MATCHED'::text, 'IN_REVIEW'::text, 'CLOSED'::text]))
);

CREATE TABLE initial_match_chunk (
  match_id uuid NOT NULL,
  chunk integer NOT NULL,
  first_line integer NOT NULL,
  normalised boolean DEFAULT false NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT initial_match_chunk_pkey PRIMARY KEY (match_id, chunk)
);

CREATE TABLE initial_match_fault (
  match_id uuid NOT NULL,
  line integer NOT NULL,
  "column" text,
  code text NOT NULL,
  CONSTRAINT initial_match_fault_pkey PRIMARY KEY (match_id, line)
);
COMMENT ON TABLE initial_match_fault IS 'journal of the rows of an agency''s file that were not taken in';

CREATE TABLE log_alert (
  alert_id uuid NOT NULL,
  day date NOT NULL,
  kind text NOT NULL,
  organisation text NOT NULL,
  client text NOT NULL,
  officer text NOT NULL,
  person_key uuid,
  asked bigint NOT NULL,
  mean numeric,
  state text NOT NULL,
  note text,
  found_by text,
  confirmed_by text,
  found_at timestamp with time zone,
  CONSTRAINT log_alert_pkey PRIMARY KEY (alert_id),
  CONSTRAINT log_alert_day_kind_organisation_client_officer_person_key_key UNIQUE NULLS NOT DISTINCT (day, kind, organisation, client, officer, person_key),
  CONSTRAINT log_alert_kind_check CHECK (kind = ANY (ARRAY['VOLUME_ORGANISATION'::text, 'VOLUME_CLIENT'::text, 'VOLUME_OFFICER'::text, 'OUTSIDE_HOURS'::text, 'SAME_PERSON'::text, 'WATCHED_PERSON'::text, 'ITEM_NOT_ALLOWED'::text])),
  CONSTRAINT log_alert_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'EXPLAINED'::text, 'ABUSE_SUSPECTED'::text, 'ABUSE_CONFIRMED'::text]))
);
CREATE INDEX log_alert_open ON log_alert USING btree (alert_id) WHERE state = ANY (ARRAY['OPEN'::text, 'ABUSE_SUSPECTED'::text]);

CREATE TABLE match_candidate (
  match_id uuid NOT NULL,
  line integer NOT NULL,
  candidate smallint NOT NULL,
  person_key uuid NOT NULL,
  tier smallint,
  CONSTRAINT match_candidate_pkey PRIMARY KEY (match_id, line, candidate)
);

CREATE TABLE match_case (
  match_id uuid NOT NULL,
  line integer NOT NULL,
  ref_index bytea NOT NULL,
  outcome text NOT NULL,
  tier smallint,
  state text,
  person_key uuid,
  decided_by text,
  sealed bytea NOT NULL,
  CONSTRAINT match_case_pkey PRIMARY KEY (match_id, line),
  CONSTRAINT match_case_outcome_check CHECK (outcome = ANY (ARRAY['AUTO'::text, 'REVIEW'::text, 'NONE'::text])),
  CONSTRAINT match_case_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'DECIDED'::text, 'CONFIRMED'::text]))
);
CREATE INDEX match_case_outcome ON match_case USING btree (match_id, outcome, line);
CREATE UNIQUE INDEX match_case_ref ON match_case USING btree (match_id, ref_index);

CREATE TABLE municipal_sequence (
  municipality_code text NOT NULL,
  highest bigint NOT NULL,
  gaps int8multirange NOT NULL,
  CONSTRAINT municipal_sequence_pkey PRIMARY KEY (municipality_code)
) WITH (fillfactor=50);

CREATE TABLE municipality_change (
  change_id uuid NOT NULL,
  kind text NOT NULL,
  new_code text NOT NULL,
  new_name text NOT NULL,
  effective_on date NOT NULL,
  town_codes text[] NOT NULL,
  state text NOT NULL,
  planned_by text NOT NULL,
  approved_by text,
  job_id uuid,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT municipality_change_pkey PRIMARY KEY (change_id),
  CONSTRAINT municipality_change_kind_check CHECK (kind = ANY (ARRAY['MERGER'::text, 'SPLIT'::text, 'RENAME'::text, 'WARD'::text])),
  CONSTRAINT municipality_change_state_check CHECK (state = ANY (ARRAY['PLANNED'::text, 'APPROVED'::text, 'RUNNING'::text, 'COMPLETED'::text, 'WITHDRAWN'::text]))
);
CREATE INDEX municipality_change_ahead ON municipality_change USING btree (effective_on) WHERE state = ANY (ARRAY['APPROVED'::text, 'RUNNING'::text]);

CREATE TABLE notice_file (
  file_id uuid NOT NULL,
  municipality_code text NOT NULL,
  sha256 bytea NOT NULL,
  job_id uuid NOT NULL,
  state text NOT NULL,
  rows integer NOT NULL,
  applied integer DEFAULT 0 NOT NULL,
  repeated integer DEFAULT 0 NOT NULL,
  held integer DEFAULT 0 NOT NULL,
  quarantined integer DEFAULT 0 NOT NULL,
  rejected integer DEFAULT 0 NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT notice_file_pkey PRIMARY KEY (file_id),
  CONSTRAINT notice_file_municipality_code_sha256_key UNIQUE (municipality_code, sha256),
  CONSTRAINT notice_file_state_check CHECK (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'COMPLETED'::text]))
);

CREATE TABLE notice_file_chunk (
  file_id uuid NOT NULL,
  chunk integer NOT NULL,
  first_line integer NOT NULL,
  lines integer NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT notice_file_chunk_pkey PRIMARY KEY (file_id, chunk)
);

CREATE TABLE notice_file_fault (
  file_id uuid NOT NULL,
  line integer NOT NULL,
  "column" text,
  code text NOT NULL,
  CONSTRAINT notice_file_fault_pkey PRIMARY KEY (file_id, line)
);
COMMENT ON TABLE notice_file_fault IS 'journal of the rows of a file that were not taken in';

CREATE TABLE person (
  person_key uuid NOT NULL,
  fact_version integer NOT NULL,
  status text NOT NULL,
  next_status text,
  next_status_on date,
  municipality_code text NOT NULL,
  stay smallint NOT NULL,
  resident_code bytea NOT NULL,
  individual_number bytea,
  number_seq integer,
  changed_on date NOT NULL,
  change_reason text NOT NULL,
  CONSTRAINT person_pkey PRIMARY KEY (person_key)
) PARTITION BY HASH (person_key);
CREATE INDEX person_conflict ON person USING btree (next_status_on) WHERE next_status = 'CONFLICT'::text;
CREATE INDEX person_unsettled ON person USING btree (municipality_code, person_key) WHERE (status = ANY (ARRAY['IN_TRANSIT'::text, 'DELETED'::text])) OR next_status = 'IN_TRANSIT'::text;
CREATE TABLE person_0 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE person_1 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE person_2 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE person_3 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE person_4 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE person_5 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE person_6 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE person_7 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE prefecture_difference (
  difference_id uuid NOT NULL,
  prefecture text NOT NULL,
  run_id uuid NOT NULL,
  municipality_code text NOT NULL,
  person_key uuid NOT NULL,
  stay smallint NOT NULL,
  class text NOT NULL,
  prefecture_version integer,
  national_version integer,
  state text NOT NULL,
  explanation text,
  found_on date NOT NULL,
  due_on date NOT NULL,
  CONSTRAINT prefecture_difference_pkey PRIMARY KEY (difference_id),
  CONSTRAINT prefecture_difference_check CHECK (prefecture = "left"(municipality_code, 2)),
  CONSTRAINT prefecture_difference_class_check CHECK (class = ANY (ARRAY['MISSING_UP'::text, 'MISSING_DOWN'::text, 'STALE'::text, 'CONTENT'::text])),
  CONSTRAINT prefecture_difference_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'EXPLAINED'::text, 'RESOLVED'::text]))
);
CREATE INDEX prefecture_difference_run ON prefecture_difference USING btree (run_id, difference_id);
CREATE UNIQUE INDEX prefecture_difference_standing ON prefecture_difference USING btree (prefecture, municipality_code, person_key, stay) WHERE state <> 'RESOLVED'::text;

CREATE TABLE prefecture_record (
  prefecture text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  stay smallint NOT NULL,
  state text NOT NULL,
  entry_reason text NOT NULL,
  entry_date date NOT NULL,
  previous_municipality_code text,
  closed_reason text,
  closed_date date,
  name_kanji text NOT NULL,
  name_kana text NOT NULL,
  alias_name text NOT NULL,
  birth_date text NOT NULL,
  sex text NOT NULL,
  address text NOT NULL,
  town_code text NOT NULL,
  postal_code text NOT NULL,
  foreign_resident boolean NOT NULL,
  name_kana_folded text NOT NULL,
  name_kanji_key text NOT NULL,
  resident_code bytea NOT NULL,
  individual_number bytea,
  record_version integer NOT NULL,
  change_reason text NOT NULL,
  change_date date NOT NULL,
  former_surname text DEFAULT ''::text NOT NULL,
  CONSTRAINT prefecture_record_pkey PRIMARY KEY (prefecture, person_key, municipality_code, stay),
  CONSTRAINT prefecture_record_check CHECK (prefecture = "left"(municipality_code, 2))
) PARTITION BY HASH (prefecture);
CREATE INDEX prefecture_record_four_items ON prefecture_record USING btree (prefecture, birth_date, name_kana_folded);
CREATE TABLE prefecture_record_0 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE prefecture_record_1 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE prefecture_record_2 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE prefecture_record_3 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE prefecture_record_4 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE prefecture_record_5 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE prefecture_record_6 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE prefecture_record_7 PARTITION OF prefecture_record FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE prefecture_run (
  run_id uuid NOT NULL,
  prefecture text NOT NULL,
  state text NOT NULL,
  as_of date NOT NULL,
  job_id uuid NOT NULL,
  compared integer,
  opened_at timestamp with time zone NOT NULL,
  completed_at timestamp with time zone,
  CONSTRAINT prefecture_run_pkey PRIMARY KEY (run_id),
  CONSTRAINT prefecture_run_state_check CHECK (state = ANY (ARRAY['COMPARING'::text, 'COMPLETED'::text, 'ABANDONED'::text]))
);
CREATE UNIQUE INDEX prefecture_run_under_way ON prefecture_run USING btree (prefecture) WHERE state = 'COMPARING'::text;

CREATE TABLE provision_batch (
  batch_id uuid NOT NULL,
  institution text NOT NULL,
  organisation text NOT NULL,
  grant_id uuid NOT NULL,
  reference text NOT NULL,
  sha256 bytea NOT NULL,
  job_id uuid NOT NULL,
  state text NOT NULL,
  lines integer NOT NULL,
  answered integer DEFAULT 0 NOT NULL,
  hits integer DEFAULT 0 NOT NULL,
  unchanged integer DEFAULT 0 NOT NULL,
  faulty integer DEFAULT 0 NOT NULL,
  result_sha256 bytea,
  version integer NOT NULL,
  received_at timestamp with time zone NOT NULL,
  state_changed_at timestamp with time zone NOT NULL,
  subscription_id uuid,
  repeated integer DEFAULT 0 NOT NULL,
  postponed integer DEFAULT 0 NOT NULL,
  as_of timestamp with time zone,
  receipted_at timestamp with time zone,
  packaged_at timestamp with time zone,
  CONSTRAINT provision_batch_pkey PRIMARY KEY (batch_id),
  CONSTRAINT provision_batch_institution_organisation_reference_key UNIQUE (institution, organisation, reference)
);
CREATE INDEX provision_batch_state ON provision_batch USING btree (state, state_changed_at);
CREATE INDEX provision_batch_subscription ON provision_batch USING btree (subscription_id, batch_id) WHERE subscription_id IS NOT NULL;

CREATE TABLE provision_batch_chunk (
  batch_id uuid NOT NULL,
  chunk integer NOT NULL,
  first_line integer NOT NULL,
  lines integer NOT NULL,
  answered boolean NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT provision_batch_chunk_pkey PRIMARY KEY (batch_id, chunk)
);

CREATE TABLE provision_batch_fault (
  batch_id uuid NOT NULL,
  line integer NOT NULL,
  "column" text,
  code text NOT NULL,
  CONSTRAINT provision_batch_fault_pkey PRIMARY KEY (batch_id, line)
);

CREATE TABLE provision_batch_rest (
  batch_id uuid NOT NULL,
  chunk integer NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT provision_batch_rest_pkey PRIMARY KEY (batch_id, chunk)
);

CREATE TABLE provision_grant (
  grant_id uuid NOT NULL,
  institution text NOT NULL,
  organisation text NOT NULL,
  affair text NOT NULL,
  legal_basis text NOT NULL,
  items text[] NOT NULL,
  modes text[] NOT NULL,
  key_kinds text[] NOT NULL,
  protective_exempt boolean NOT NULL,
  valid_from date NOT NULL,
  valid_until date NOT NULL,
  state text NOT NULL,
  drafted_by text NOT NULL,
  approved_by text,
  changed_at timestamp with time zone NOT NULL,
  fee_class text DEFAULT 'STANDARD'::text NOT NULL,
  schedule smallint,
  tells_deceased boolean DEFAULT false NOT NULL,
  tells_protection boolean DEFAULT false NOT NULL,
  schedule_row text,
  daily_quota integer,
  tells_former_address boolean DEFAULT false NOT NULL,
  CONSTRAINT provision_grant_pkey PRIMARY KEY (grant_id),
  CONSTRAINT provision_grant_daily_quota_check CHECK (daily_quota > 0),
  CONSTRAINT provision_grant_fee_class_check CHECK (fee_class = ANY (ARRAY['STANDARD'::text, 'EXEMPT'::text])),
  CONSTRAINT provision_grant_schedule_check CHECK (schedule >= 1 AND schedule <= 6),
  CONSTRAINT provision_grant_state_check CHECK (state = ANY (ARRAY['DRAFT'::text, 'APPROVED'::text, 'SUSPENDED'::text, 'ENDED'::text]))
);

CREATE TABLE quarantine_decision (
  notice_id uuid NOT NULL,
  decision text NOT NULL,
  answer_reference text NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  decided_by text,
  decided_at timestamp with time zone,
  CONSTRAINT quarantine_decision_pkey PRIMARY KEY (notice_id),
  CONSTRAINT quarantine_decision_decision_check CHECK (decision = ANY (ARRAY['APPLY'::text, 'REJECT'::text]))
);

CREATE TABLE query_day (
  day date NOT NULL,
  organisation text NOT NULL,
  institution text NOT NULL,
  affair text NOT NULL,
  client text NOT NULL,
  officer text NOT NULL,
  asked bigint NOT NULL,
  refused bigint NOT NULL,
  outside bigint NOT NULL,
  CONSTRAINT query_day_pkey PRIMARY KEY (day, organisation, affair, client, officer)
);

CREATE TABLE query_day_person (
  day date NOT NULL,
  person_key uuid NOT NULL,
  organisation text NOT NULL,
  client text NOT NULL,
  officer text NOT NULL,
  asked bigint NOT NULL,
  terminals text[] DEFAULT '{}'::text[] NOT NULL,
  CONSTRAINT query_day_person_pkey PRIMARY KEY (day, person_key, organisation, client, officer)
);

CREATE TABLE query_log (
  day date NOT NULL,
  organisation text NOT NULL,
  affair text NOT NULL,
  mode text NOT NULL,
  institution text NOT NULL,
  provided bigint NOT NULL,
  refused bigint NOT NULL,
  alerts bigint NOT NULL,
  CONSTRAINT query_log_pkey PRIMARY KEY (day, organisation, affair, mode)
);

CREATE TABLE reconciliation (
  run_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  as_of date NOT NULL,
  job_id uuid NOT NULL,
  records integer,
  opened_at timestamp with time zone NOT NULL,
  completed_at timestamp with time zone,
  CONSTRAINT reconciliation_pkey PRIMARY KEY (run_id),
  CONSTRAINT reconciliation_state_check CHECK (state = ANY (ARRAY['COMPARING'::text, 'AWAITING_LEAVES'::text, 'COMPLETED'::text, 'ABANDONED'::text]))
);
CREATE INDEX reconciliation_completed ON reconciliation USING btree (municipality_code, as_of) WHERE state = 'COMPLETED'::text;
CREATE UNIQUE INDEX reconciliation_under_way ON reconciliation USING btree (municipality_code) WHERE state = ANY (ARRAY['COMPARING'::text, 'AWAITING_LEAVES'::text]);

CREATE TABLE reconciliation_bucket (
  run_id uuid NOT NULL,
  bucket smallint NOT NULL,
  state text NOT NULL,
  municipal_digest bytea NOT NULL,
  municipal_count integer NOT NULL,
  register_count integer,
  CONSTRAINT reconciliation_bucket_pkey PRIMARY KEY (run_id, bucket),
  CONSTRAINT reconciliation_bucket_state_check CHECK (state = ANY (ARRAY['PENDING'::text, 'EQUAL'::text, 'DIFFERENT'::text, 'DESCENDED'::text]))
);

CREATE TABLE reconciliation_difference (
  difference_id uuid NOT NULL,
  municipality_code text NOT NULL,
  run_id uuid NOT NULL,
  code_index bytea NOT NULL,
  sealed_code bytea NOT NULL,
  person_key uuid,
  class text NOT NULL,
  municipal_version integer,
  register_version integer,
  state text NOT NULL,
  explanation text,
  found_on date NOT NULL,
  due_on date NOT NULL,
  CONSTRAINT reconciliation_difference_pkey PRIMARY KEY (difference_id),
  CONSTRAINT reconciliation_difference_class_check CHECK (class = ANY (ARRAY['MISSING_UP'::text, 'MISSING_DOWN'::text, 'STALE'::text, 'CONTENT'::text])),
  CONSTRAINT reconciliation_difference_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'EXPLAINED'::text, 'RESOLVED'::text]))
);
CREATE INDEX reconciliation_difference_run ON reconciliation_difference USING btree (run_id, difference_id);
CREATE UNIQUE INDEX reconciliation_difference_standing ON reconciliation_difference USING btree (municipality_code, code_index) WHERE state <> 'RESOLVED'::text;

CREATE TABLE reconciliation_leaf (
  run_id uuid NOT NULL,
  bucket smallint NOT NULL,
  person_key uuid NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT reconciliation_leaf_pkey PRIMARY KEY (run_id, bucket, person_key)
);

CREATE TABLE record_conflict (
  case_id uuid NOT NULL,
  person_key uuid NOT NULL,
  version integer NOT NULL,
  found_on date NOT NULL,
  municipality_codes text[] NOT NULL,
  CONSTRAINT record_conflict_pkey PRIMARY KEY (case_id),
  CONSTRAINT record_conflict_person_key_key UNIQUE (person_key)
);

CREATE TABLE resend_order (
  order_id uuid NOT NULL,
  municipality_code text NOT NULL,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  ground text NOT NULL,
  state text NOT NULL,
  arrived int8multirange DEFAULT '{}'::int8multirange NOT NULL,
  ordered_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT resend_order_pkey PRIMARY KEY (order_id),
  CONSTRAINT resend_order_check CHECK (last_seq >= first_seq),
  CONSTRAINT resend_order_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'FULFILLED'::text, 'WITHDRAWN'::text]))
);
CREATE INDEX resend_order_municipality ON resend_order USING btree (municipality_code, order_id);
CREATE INDEX resend_order_open ON resend_order USING btree (municipality_code) WHERE state = 'OPEN'::text;

CREATE TABLE resident_code (
  code_index bytea NOT NULL,
  person_key uuid NOT NULL,
  superseded boolean DEFAULT false NOT NULL,
  CONSTRAINT resident_code_pkey PRIMARY KEY (code_index)
) PARTITION BY HASH (code_index);
CREATE TABLE resident_code_0 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE resident_code_1 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE resident_code_2 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE resident_code_3 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE resident_code_4 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE resident_code_5 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE resident_code_6 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE resident_code_7 PARTITION OF resident_code FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE retention_approval (
  lot_id uuid NOT NULL,
  officer text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT retention_approval_pkey PRIMARY KEY (lot_id, officer)
);
COMMENT ON TABLE retention_approval IS 'journal of who approved that a lot is purged';

CREATE TABLE retention_certificate (
  lot_id uuid NOT NULL,
  kind text NOT NULL,
  month text NOT NULL,
  rule text NOT NULL,
  rows bigint NOT NULL,
  sha256 bytea NOT NULL,
  officers text[] NOT NULL,
  purged_at timestamp with time zone NOT NULL,
  CONSTRAINT retention_certificate_pkey PRIMARY KEY (lot_id)
);
COMMENT ON TABLE retention_certificate IS 'journal of what was purged';

CREATE TABLE retention_lot (
  lot_id uuid NOT NULL,
  kind text NOT NULL,
  month text NOT NULL,
  rule text NOT NULL,
  counted_until date NOT NULL,
  rows bigint NOT NULL,
  state text NOT NULL,
  drawn_at timestamp with time zone NOT NULL,
  CONSTRAINT retention_lot_pkey PRIMARY KEY (lot_id),
  CONSTRAINT retention_lot_kind_month_key UNIQUE (kind, month),
  CONSTRAINT retention_lot_kind_check CHECK (kind = ANY (ARRAY['USE_RECORD'::text, 'CLOSED_RECORD'::text, 'SUPERSEDED'::text])),
  CONSTRAINT retention_lot_state_check CHECK (state = ANY (ARRAY['DUE'::text, 'APPROVED'::text, 'PURGED'::text, 'LAPSED'::text]))
);

CREATE TABLE schedule_row (
  row_id uuid NOT NULL,
  schedule smallint NOT NULL,
  row_no text NOT NULL,
  affair text NOT NULL,
  uses_numbers boolean NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  state text NOT NULL,
  entered_by text NOT NULL,
  decided_by text,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT schedule_row_pkey PRIMARY KEY (row_id),
  CONSTRAINT schedule_row_schedule_check CHECK (schedule >= 1 AND schedule <= 6),
  CONSTRAINT schedule_row_state_check CHECK (state = ANY (ARRAY['ENTERED'::text, 'APPROVED'::text, 'REPLACED'::text, 'WITHDRAWN'::text]))
);
CREATE INDEX schedule_row_affair ON schedule_row USING btree (affair, schedule, row_no);

CREATE TABLE segment (
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  stay smallint NOT NULL,
  state text NOT NULL,
  quarantined boolean NOT NULL,
  entry_reason text NOT NULL,
  entry_date date NOT NULL,
  previous_municipality_code text,
  closed_reason text,
  closed_date date,
  name_kanji text NOT NULL,
  name_kana text NOT NULL,
  alias_name text NOT NULL,
  birth_date text NOT NULL,
  sex text NOT NULL,
  address text NOT NULL,
  town_code text NOT NULL,
  postal_code text NOT NULL,
  foreign_resident boolean NOT NULL,
  name_kana_folded text NOT NULL,
  name_kanji_key text NOT NULL,
  last_reason text,
  last_date date,
  place_key bigint,
  former_surname text DEFAULT ''::text NOT NULL,
  residency_class text,
  update_lock boolean DEFAULT false NOT NULL,
  CONSTRAINT segment_pkey PRIMARY KEY (person_key, municipality_code, stay)
) PARTITION BY HASH (person_key);
CREATE INDEX segment_alias ON segment USING btree (birth_date) WHERE alias_name <> ''::text;
CREATE INDEX segment_closed ON segment USING btree (closed_date) WHERE closed_date IS NOT NULL;
CREATE INDEX segment_departing ON segment USING btree (closed_date) WHERE state = 'OUT_PLANNED'::text;
CREATE INDEX segment_kana ON segment USING btree (translate(name_kana_folded, 'ーアイウエオ'::text, ''::text), birth_date);
CREATE INDEX segment_kanji ON segment USING btree (name_kanji_key, birth_date);
CREATE INDEX segment_open ON segment USING btree (municipality_code, person_key) WHERE state = ANY (ARRAY['LIVE'::text, 'OUT_PLANNED'::text]);
CREATE INDEX segment_place ON segment USING btree (place_key);
CREATE INDEX segment_quarantined ON segment USING btree (person_key) WHERE quarantined;
CREATE INDEX segment_unread ON segment USING btree (name_kanji_key, birth_date) WHERE name_kana_folded = ''::text;
CREATE TABLE segment_0 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE segment_1 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE segment_2 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE segment_3 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE segment_4 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE segment_5 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE segment_6 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE segment_7 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE server_state (
  server text NOT NULL,
  state text NOT NULL,
  since timestamp with time zone NOT NULL,
  note text NOT NULL,
  changes integer NOT NULL,
  CONSTRAINT server_state_pkey PRIMARY KEY (server),
  CONSTRAINT server_state_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'CLOSED'::text]))
);

CREATE TABLE statistics_extract (
  extract_id uuid NOT NULL,
  month text NOT NULL,
  state text NOT NULL,
  job_id uuid NOT NULL,
  rows integer,
  sha256 bytea,
  made_at timestamp with time zone NOT NULL,
  completed_at timestamp with time zone,
  CONSTRAINT statistics_extract_pkey PRIMARY KEY (extract_id),
  CONSTRAINT statistics_extract_month_key UNIQUE (month),
  CONSTRAINT statistics_extract_state_check CHECK (state = ANY (ARRAY['RUNNING'::text, 'COMPLETED'::text]))
);

CREATE TABLE statistics_row (
  extract_id uuid NOT NULL,
  row_id uuid NOT NULL,
  kind text NOT NULL,
  municipality_code text NOT NULL,
  previous_municipality_code text NOT NULL,
  sex text NOT NULL,
  birth_date text NOT NULL,
  nationality_flag text NOT NULL,
  reason text NOT NULL,
  move_month text NOT NULL,
  sign smallint NOT NULL,
  CONSTRAINT statistics_row_pkey PRIMARY KEY (extract_id, row_id)
);

CREATE TABLE support_case (
  measure_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  grounds text NOT NULL,
  start_event text NOT NULL,
  applied_on date NOT NULL,
  consulted text,
  necessary boolean,
  starts_on date,
  ends_on date,
  end_reason text,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT support_case_pkey PRIMARY KEY (measure_id),
  CONSTRAINT support_case_state_check CHECK (state = ANY (ARRAY['APPLIED'::text, 'OPINION_PENDING'::text, 'ACTIVE'::text, 'ENDED'::text]))
);
CREATE INDEX support_case_active ON support_case USING btree (municipality_code, ends_on) WHERE state = 'ACTIVE'::text;

CREATE TABLE support_copy (
  measure_id uuid NOT NULL,
  municipality_code text NOT NULL,
  copied_at timestamp with time zone NOT NULL,
  CONSTRAINT support_copy_pkey PRIMARY KEY (measure_id, municipality_code)
);

CREATE TABLE support_measure (
  person_key uuid NOT NULL,
  measure_id uuid NOT NULL,
  municipality_code text NOT NULL,
  grounds text NOT NULL,
  starts_on date,
  ends_on date,
  registered_at timestamp with time zone NOT NULL,
  told integer DEFAULT 0 NOT NULL,
  reapply_by date,
  CONSTRAINT support_measure_pkey PRIMARY KEY (person_key, measure_id)
);
CREATE INDEX support_measure_case ON support_measure USING btree (measure_id);
CREATE INDEX support_measure_moved ON support_measure USING btree (reapply_by) WHERE reapply_by IS NOT NULL;

CREATE TABLE symbol_acquisition (
  request_id uuid NOT NULL,
  institution text NOT NULL,
  organisation text NOT NULL,
  acquisition_no text NOT NULL,
  person_key uuid NOT NULL,
  key_kind text NOT NULL,
  state text NOT NULL,
  reason text,
  received_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT symbol_acquisition_pkey PRIMARY KEY (request_id),
  CONSTRAINT symbol_acquisition_institution_organisation_acquisition_no_key UNIQUE (institution, organisation, acquisition_no),
  CONSTRAINT symbol_acquisition_state_check CHECK (state = ANY (ARRAY['CODE_RESOLVED'::text, 'FORWARDED'::text, 'CONFIRMED'::text, 'REFUSED'::text]))
);
CREATE INDEX symbol_acquisition_organisation ON symbol_acquisition USING btree (institution, organisation, request_id);
CREATE INDEX symbol_acquisition_waiting ON symbol_acquisition USING btree (request_id) WHERE state = ANY (ARRAY['CODE_RESOLVED'::text, 'FORWARDED'::text]);

CREATE TABLE transfer_case (
  transfer_id uuid NOT NULL,
  person_key uuid NOT NULL,
  event_seq integer NOT NULL,
  from_code text,
  to_code text,
  route text,
  planned_on date,
  living_since date,
  certificate text,
  out_on date,
  out_version integer,
  in_on date,
  in_version integer,
  in_at timestamp with time zone,
  notice_on date,
  exit_state text,
  exit_at timestamp with time zone,
  reminded_on date,
  in_transit_on date,
  state text NOT NULL,
  wake_at timestamp with time zone,
  pointed_to text,
  requested_at timestamp with time zone,
  CONSTRAINT transfer_case_pkey PRIMARY KEY (transfer_id)
);
CREATE INDEX transfer_case_from ON transfer_case USING btree (from_code, transfer_id) WHERE state <> ALL (ARRAY['OUT_CLOSED'::text, 'WITHDRAWN'::text]);
CREATE INDEX transfer_case_person ON transfer_case USING btree (person_key, transfer_id);
CREATE INDEX transfer_case_pointer ON transfer_case USING btree (person_key) WHERE pointed_to IS NOT NULL;
CREATE INDEX transfer_case_to ON transfer_case USING btree (to_code, transfer_id) WHERE state <> ALL (ARRAY['OUT_CLOSED'::text, 'WITHDRAWN'::text]);
CREATE INDEX transfer_case_wake ON transfer_case USING btree (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE transfer_certificate (
  transfer_id uuid NOT NULL,
  sealed bytea NOT NULL,
  sent_at timestamp with time zone NOT NULL,
  CONSTRAINT transfer_certificate_pkey PRIMARY KEY (transfer_id)
);

CREATE TABLE use_link (
  server text NOT NULL,
  seq bigint NOT NULL,
  since timestamp with time zone NOT NULL,
  records integer NOT NULL,
  digest bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT use_link_pkey PRIMARY KEY (server, seq)
);
COMMENT ON TABLE use_link IS 'journal: hash chain over use_record';
CREATE INDEX use_link_since ON use_link USING btree (since);

CREATE TABLE use_record (
  at timestamp with time zone NOT NULL,
  use_id uuid NOT NULL,
  person_key uuid NOT NULL,
  grant_id uuid,
  organisation text NOT NULL,
  affair text NOT NULL,
  mode text NOT NULL,
  key_kind text NOT NULL,
  items text[] NOT NULL,
  result_code text NOT NULL,
  correlation_id text NOT NULL,
  provider text,
  institution text,
  legal_basis text,
  appended_at timestamp with time zone,
  CONSTRAINT use_record_pkey PRIMARY KEY (person_key, at, use_id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE use_record IS 'journal of provisions of identity information';
CREATE INDEX use_record_appended ON use_record USING btree (appended_at) WHERE appended_at IS NOT NULL;
CREATE INDEX use_record_day ON use_record USING brin (at);
CREATE TABLE use_record_2015 PARTITION OF use_record FOR VALUES FROM ('2015-01-01 00:00:00+00') TO ('2016-01-01 00:00:00+00');
CREATE TABLE use_record_2016 PARTITION OF use_record FOR VALUES FROM ('2016-01-01 00:00:00+00') TO ('2017-01-01 00:00:00+00');
CREATE TABLE use_record_2017 PARTITION OF use_record FOR VALUES FROM ('2017-01-01 00:00:00+00') TO ('2018-01-01 00:00:00+00');
CREATE TABLE use_record_2018 PARTITION OF use_record FOR VALUES FROM ('2018-01-01 00:00:00+00') TO ('2019-01-01 00:00:00+00');
CREATE TABLE use_record_2019 PARTITION OF use_record FOR VALUES FROM ('2019-01-01 00:00:00+00') TO ('2020-01-01 00:00:00+00');
CREATE TABLE use_record_2020 PARTITION OF use_record FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2021-01-01 00:00:00+00');
CREATE TABLE use_record_2021 PARTITION OF use_record FOR VALUES FROM ('2021-01-01 00:00:00+00') TO ('2022-01-01 00:00:00+00');
CREATE TABLE use_record_2022 PARTITION OF use_record FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2023-01-01 00:00:00+00');
CREATE TABLE use_record_2023 PARTITION OF use_record FOR VALUES FROM ('2023-01-01 00:00:00+00') TO ('2024-01-01 00:00:00+00');
CREATE TABLE use_record_2024 PARTITION OF use_record FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
CREATE TABLE use_record_2025 PARTITION OF use_record FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');
CREATE TABLE use_record_2026 PARTITION OF use_record FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
CREATE TABLE use_record_2027 PARTITION OF use_record FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');
CREATE TABLE use_record_2028 PARTITION OF use_record FOR VALUES FROM ('2028-01-01 00:00:00+00') TO ('2029-01-01 00:00:00+00');
CREATE TABLE use_record_2029 PARTITION OF use_record FOR VALUES FROM ('2029-01-01 00:00:00+00') TO ('2030-01-01 00:00:00+00');
CREATE TABLE use_record_2030 PARTITION OF use_record FOR VALUES FROM ('2030-01-01 00:00:00+00') TO ('2031-01-01 00:00:00+00');
CREATE TABLE use_record_2031 PARTITION OF use_record FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2032-01-01 00:00:00+00');
CREATE TABLE use_record_2032 PARTITION OF use_record FOR VALUES FROM ('2032-01-01 00:00:00+00') TO ('2033-01-01 00:00:00+00');
CREATE TABLE use_record_2033 PARTITION OF use_record FOR VALUES FROM ('2033-01-01 00:00:00+00') TO ('2034-01-01 00:00:00+00');
CREATE TABLE use_record_2034 PARTITION OF use_record FOR VALUES FROM ('2034-01-01 00:00:00+00') TO ('2035-01-01 00:00:00+00');
CREATE TABLE use_record_2035 PARTITION OF use_record FOR VALUES FROM ('2035-01-01 00:00:00+00') TO ('2036-01-01 00:00:00+00');
CREATE TABLE use_record_2036 PARTITION OF use_record FOR VALUES FROM ('2036-01-01 00:00:00+00') TO ('2037-01-01 00:00:00+00');
CREATE TABLE use_record_2037 PARTITION OF use_record FOR VALUES FROM ('2037-01-01 00:00:00+00') TO ('2038-01-01 00:00:00+00');
CREATE TABLE use_record_2038 PARTITION OF use_record FOR VALUES FROM ('2038-01-01 00:00:00+00') TO ('2039-01-01 00:00:00+00');
CREATE TABLE use_record_2039 PARTITION OF use_record FOR VALUES FROM ('2039-01-01 00:00:00+00') TO ('2040-01-01 00:00:00+00');
CREATE TABLE use_record_2040 PARTITION OF use_record FOR VALUES FROM ('2040-01-01 00:00:00+00') TO ('2041-01-01 00:00:00+00');
CREATE TABLE use_record_2041 PARTITION OF use_record FOR VALUES FROM ('2041-01-01 00:00:00+00') TO ('2042-01-01 00:00:00+00');
CREATE TABLE use_record_2042 PARTITION OF use_record FOR VALUES FROM ('2042-01-01 00:00:00+00') TO ('2043-01-01 00:00:00+00');
CREATE TABLE use_record_2043 PARTITION OF use_record FOR VALUES FROM ('2043-01-01 00:00:00+00') TO ('2044-01-01 00:00:00+00');
CREATE TABLE use_record_2044 PARTITION OF use_record FOR VALUES FROM ('2044-01-01 00:00:00+00') TO ('2045-01-01 00:00:00+00');
CREATE TABLE use_record_2045 PARTITION OF use_record FOR VALUES FROM ('2045-01-01 00:00:00+00') TO ('2046-01-01 00:00:00+00');
CREATE TABLE use_record_other PARTITION OF use_record DEFAULT;

CREATE TABLE watched_person (
  watch_id uuid NOT NULL,
  person_key uuid NOT NULL,
  organisation text NOT NULL,
  reason text NOT NULL,
  set_by text NOT NULL,
  since_on date NOT NULL,
  ended_by text,
  ended_on date,
  CONSTRAINT watched_person_pkey PRIMARY KEY (watch_id),
  CONSTRAINT watched_person_reason_check CHECK (reason = ANY (ARRAY['COLLEAGUE'::text, 'PROMINENT'::text, 'AT_RISK'::text]))
);
CREATE UNIQUE INDEX watched_person_now ON watched_person USING btree (person_key, organisation) WHERE ended_on IS NULL;
CREATE INDEX watched_person_organisation ON watched_person USING btree (organisation, watch_id) WHERE ended_on IS NULL;

CREATE OR REPLACE FUNCTION juki_net.purge_use_records(lot uuid, after_person uuid, after_at timestamp with time zone, after_use uuid, most integer)
 RETURNS TABLE(purged bigint, digest bytea, last_person uuid, last_at timestamp with time zone, last_use uuid)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'juki_net', 'pg_temp'
AS $function$
DECLARE
  cutoff timestamptz;
BEGIN
  SELECT ((counted_until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') INTO cutoff FROM retention_lot
  WHERE lot_id = lot AND kind = 'USE_RECORD' AND state = 'APPROVED' AND (SELECT count(*) FROM retention_approval a WHERE a.lot_id = lot) >= 2;
  IF cutoff IS NULL THEN
    RAISE EXCEPTION 'no approved lot of use records' USING ERRCODE = 'insufficient_privilege';
  END IF;
  cutoff := least(cutoff, now() - interval '7 years' + interval '1 day');
  RETURN QUERY
  WITH chunk AS MATERIALIZED (
    SELECT u.person_key, u.at, u.use_id FROM use_record u
    WHERE u.at < cutoff AND (u.person_key, u.at, u.use_id) > (after_person, after_at, after_use) ORDER BY u.person_key, u.at, u.use_id LIMIT most
  ), gone AS (
    DELETE FROM use_record u USING chunk c WHERE u.person_key = c.person_key AND u.at = c.at AND u.use_id = c.use_id AND u.at < cutoff RETURNING u.person_key, u.at, u.use_id
  ), told AS (
    SELECT count(*) AS n, sha256(convert_to(coalesce(string_agg(g.use_id::text, ',' ORDER BY g.person_key, g.at, g.use_id), ''), 'UTF8')) AS hash FROM gone g
  ), place AS (
    SELECT c.person_key, c.at, c.use_id FROM chunk c ORDER BY c.person_key DESC, c.at DESC, c.use_id DESC LIMIT 1
  )
  SELECT told.n, told.hash, place.person_key, place.at, place.use_id FROM told LEFT JOIN place ON true;
END;
$function$
;
