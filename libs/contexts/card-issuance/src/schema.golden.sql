-- card-issuance: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE application (
  application_id text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  channel text NOT NULL,
  state text NOT NULL,
  wish_sign boolean NOT NULL,
  wish_auth boolean NOT NULL,
  representative boolean NOT NULL,
  photo_hash bytea NOT NULL,
  codes text[] DEFAULT '{}'::text[] NOT NULL,
  refusal_proposed_by text,
  received_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  fact_version bigint,
  contact bytea,
  language text DEFAULT 'ja'::text NOT NULL,
  issuing_office text DEFAULT '000'::text NOT NULL,
  visit_ref text,
  findings jsonb DEFAULT '[]'::jsonb NOT NULL,
  manual boolean DEFAULT false NOT NULL,
  queued_at timestamp with time zone /* place in the queues; of an application that took over another one, the place of that; null: received_at */,
  assigned_to text,
  assigned_until timestamp with time zone,
  deficient_until date,
  token_hash bytea,
  voided_from text /* state in which a move voided the application: its photo may be used again */,
  successor text,
  photo_until date,
  stay_awaited boolean DEFAULT false NOT NULL,
  stay_end date,
  CONSTRAINT application_pkey PRIMARY KEY (application_id)
);
CREATE INDEX application_approved ON application USING btree (municipality_code, application_id) WHERE state = 'APPROVED'::text;
CREATE INDEX application_deficient ON application USING btree (deficient_until) WHERE state = 'DEFICIENT'::text;
CREATE UNIQUE INDEX application_open ON application USING btree (person_key) WHERE state = ANY (ARRAY['RECEIVED'::text, 'UNDER_REVIEW'::text, 'DEFICIENT'::text, 'APPROVED'::text, 'ORDERED'::text]);
CREATE INDEX application_person ON application USING btree (person_key);
CREATE INDEX application_photo_due ON application USING btree (photo_until) WHERE photo_until IS NOT NULL;
CREATE INDEX application_photo_undated ON application USING btree (application_id) WHERE photo_until IS NULL AND (state = ANY (ARRAY['FULFILLED'::text, 'REFUSED'::text, 'WITHDRAWN'::text, 'LAPSED'::text, 'INVALIDATED'::text]));
CREATE INDEX application_production_queue ON application USING btree (COALESCE(queued_at, received_at), application_id) INCLUDE (municipality_code) WHERE state = 'APPROVED'::text;
CREATE INDEX application_review_queue ON application USING btree (manual, COALESCE(queued_at, received_at), application_id) WHERE state = ANY (ARRAY['RECEIVED'::text, 'UNDER_REVIEW'::text]);
CREATE INDEX application_waiting ON application USING btree (municipality_code, application_id) WHERE state = ANY (ARRAY['RECEIVED'::text, 'UNDER_REVIEW'::text]);
CREATE TRIGGER application_added AFTER INSERT ON application FOR EACH ROW EXECUTE FUNCTION application_moved();
CREATE TRIGGER application_changed AFTER UPDATE ON application FOR EACH ROW WHEN (old.state <> new.state) EXECUTE FUNCTION application_moved();

CREATE TABLE application_form (
  application_id text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  print_sequence integer NOT NULL,
  mailing_id uuid,
  printed_at timestamp with time zone NOT NULL,
  CONSTRAINT application_form_pkey PRIMARY KEY (application_id)
);
CREATE INDEX application_form_mailing ON application_form USING btree (mailing_id);
CREATE INDEX application_form_person ON application_form USING btree (person_key);

CREATE TABLE application_move (
  xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  municipality_code text NOT NULL,
  from_state text,
  from_day date,
  to_state text NOT NULL,
  to_day date NOT NULL,
  CONSTRAINT application_move_pkey PRIMARY KEY (xid, id)
);
COMMENT ON TABLE application_move IS 'journal of every change of state of an application, for counting';

CREATE TABLE application_notice (
  notice_id uuid NOT NULL,
  application_id text NOT NULL,
  person_key uuid NOT NULL,
  medium text NOT NULL,
  language text NOT NULL,
  codes text[] NOT NULL,
  token bytea,
  resubmit_until date,
  created_at timestamp with time zone NOT NULL,
  sent_at timestamp with time zone,
  CONSTRAINT application_notice_pkey PRIMARY KEY (notice_id),
  CONSTRAINT application_notice_medium_check CHECK (medium = ANY (ARRAY['LETTER'::text, 'MESSAGE'::text]))
);
CREATE INDEX application_notice_waiting ON application_notice USING btree (medium, notice_id) WHERE sent_at IS NULL;

CREATE TABLE application_photo (
  application_id text NOT NULL,
  original bytea NOT NULL,
  normalised bytea NOT NULL,
  sha256 text NOT NULL,
  CONSTRAINT application_photo_pkey PRIMARY KEY (application_id)
);

CREATE TABLE attempt_count (
  what text NOT NULL,
  client text NOT NULL,
  since timestamp with time zone NOT NULL,
  tries integer NOT NULL,
  CONSTRAINT attempt_count_pkey PRIMARY KEY (what, client)
);
CREATE INDEX attempt_count_since ON attempt_count USING btree (since);

CREATE TABLE backlog_snapshot (
  at timestamp with time zone NOT NULL,
  municipality_code text NOT NULL,
  figures jsonb NOT NULL,
  CONSTRAINT backlog_snapshot_pkey PRIMARY KEY (municipality_code, at)
);
CREATE INDEX backlog_snapshot_at ON backlog_snapshot USING btree (at);

CREATE TABLE call_record (
  call_id uuid NOT NULL,
  queue text NOT NULL,
  topic text NOT NULL,
  language text NOT NULL,
  outcome text NOT NULL,
  arrived_at timestamp with time zone NOT NULL,
  answered_at timestamp with time zone,
  ended_at timestamp with time zone NOT NULL,
  CONSTRAINT call_record_pkey PRIMARY KEY (call_id),
  CONSTRAINT call_record_check CHECK (answered_at IS NULL OR answered_at >= arrived_at AND answered_at <= ended_at),
  CONSTRAINT call_record_check1 CHECK (arrived_at <= ended_at)
);
COMMENT ON TABLE call_record IS 'journal of calls';
CREATE INDEX call_record_arrived ON call_record USING btree (arrived_at);

CREATE TABLE capacity_alarm (
  municipality_code text NOT NULL,
  subject text NOT NULL,
  level text NOT NULL,
  version integer NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT capacity_alarm_pkey PRIMARY KEY (municipality_code, subject),
  CONSTRAINT capacity_alarm_level_check CHECK (level = ANY (ARRAY['YELLOW'::text, 'RED'::text, 'CLEARED'::text]))
);

CREATE TABLE card (
  card_serial text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  application_id text NOT NULL,
  batch_id uuid NOT NULL,
  record_no integer NOT NULL,
  fact_version bigint NOT NULL,
  state text NOT NULL,
  chip_state text NOT NULL,
  reason text,
  expiry_date date NOT NULL,
  wish_sign boolean NOT NULL,
  wish_auth boolean NOT NULL,
  notice_no text,
  version integer NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  additions integer DEFAULT 0 NOT NULL,
  CONSTRAINT card_pkey PRIMARY KEY (card_serial),
  CONSTRAINT card_notice_no_key UNIQUE (notice_no),
  CONSTRAINT card_chip_state_check CHECK (chip_state = ANY (ARRAY['BLANK'::text, 'PERSONALISED'::text, 'ACTIVATED'::text, 'TERMINATED'::text]))
);
CREATE INDEX card_application ON card USING btree (application_id);
CREATE INDEX card_batch ON card USING btree (batch_id);
CREATE INDEX card_expiry ON card USING btree (expiry_date) WHERE state = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text]);
CREATE UNIQUE INDEX card_in_use ON card USING btree (person_key) WHERE state = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text]);
CREATE INDEX card_moved ON card USING btree (moved_at);
CREATE INDEX card_municipality ON card USING btree (municipality_code, state, card_serial);
CREATE INDEX card_notified ON card USING btree (moved_at) WHERE state = 'NOTIFIED'::text;
CREATE INDEX card_person ON card USING btree (person_key);

CREATE TABLE card_certificate (
  ca text NOT NULL,
  serial text NOT NULL,
  card_serial text NOT NULL,
  type text NOT NULL,
  state text NOT NULL,
  reason_class text,
  not_after timestamp with time zone NOT NULL,
  sequence bigint NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT card_certificate_pkey PRIMARY KEY (ca, serial)
);
CREATE INDEX card_certificate_card ON card_certificate USING btree (card_serial);
CREATE INDEX card_certificate_recorded ON card_certificate USING btree (recorded_at);

CREATE TABLE card_destruction (
  card_serial text NOT NULL,
  card_version integer NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  CONSTRAINT card_destruction_pkey PRIMARY KEY (card_serial, card_version)
);

CREATE TABLE card_move (
  card_serial text NOT NULL,
  version integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  reason text,
  client text NOT NULL,
  operator text,
  terminal text,
  at timestamp with time zone NOT NULL,
  xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  CONSTRAINT card_move_pkey PRIMARY KEY (card_serial, version)
);
COMMENT ON TABLE card_move IS 'journal of every change of state of a card';
CREATE INDEX card_move_xid ON card_move USING btree (xid);

CREATE TABLE card_ordinance (
  municipality_code text NOT NULL,
  valid_from date NOT NULL,
  card_yen integer NOT NULL,
  certificates_yen integer NOT NULL,
  waivers text[] NOT NULL,
  uncollected_months integer NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT card_ordinance_pkey PRIMARY KEY (municipality_code, valid_from),
  CONSTRAINT card_ordinance_card_yen_check CHECK (card_yen >= 0),
  CONSTRAINT card_ordinance_certificates_yen_check CHECK (certificates_yen >= 0),
  CONSTRAINT card_ordinance_uncollected_months_check CHECK (uncollected_months > 0)
);

CREATE TABLE card_pin (
  card_serial text NOT NULL,
  pin text NOT NULL,
  set_at timestamp with time zone,
  locked_at timestamp with time zone,
  reset_at timestamp with time zone,
  client text NOT NULL,
  operator text,
  CONSTRAINT card_pin_pkey PRIMARY KEY (card_serial, pin)
);

CREATE TABLE carrier_result (
  tracking_no text NOT NULL,
  status text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT carrier_result_pkey PRIMARY KEY (tracking_no, status, at)
);

CREATE TABLE certificate_activation (
  card_serial text NOT NULL,
  person_key uuid NOT NULL,
  wish_sign boolean NOT NULL,
  wish_auth boolean NOT NULL,
  queued_at timestamp with time zone NOT NULL,
  done_at timestamp with time zone,
  refused integer DEFAULT 0 NOT NULL,
  refusal_code text,
  CONSTRAINT certificate_activation_pkey PRIMARY KEY (card_serial)
);
CREATE INDEX certificate_activation_waiting ON certificate_activation USING btree (queued_at) WHERE done_at IS NULL;

CREATE TABLE certificate_withdrawal (
  session_id uuid NOT NULL,
  card_serial text NOT NULL,
  person_key uuid NOT NULL,
  queued_at timestamp with time zone NOT NULL,
  done_at timestamp with time zone,
  refused integer DEFAULT 0 NOT NULL,
  refusal_code text,
  CONSTRAINT certificate_withdrawal_pkey PRIMARY KEY (session_id)
);
CREATE INDEX certificate_withdrawal_waiting ON certificate_withdrawal USING btree (card_serial) WHERE done_at IS NULL;

CREATE TABLE chip_doubt (
  doubt_id uuid NOT NULL,
  session_id uuid NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  resolution text,
  CONSTRAINT chip_doubt_pkey PRIMARY KEY (doubt_id),
  CONSTRAINT chip_doubt_session_id_key UNIQUE (session_id)
);
CREATE INDEX chip_doubt_card ON chip_doubt USING btree (card_serial) WHERE resolved_at IS NULL;
CREATE INDEX chip_doubt_open ON chip_doubt USING btree (municipality_code, opened_at) WHERE resolved_at IS NULL;

CREATE TABLE chip_key (
  card_serial text NOT NULL,
  spki bytea NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT chip_key_pkey PRIMARY KEY (card_serial)
);

CREATE TABLE connection_budget (
  municipality_code text NOT NULL,
  most integer DEFAULT 42 NOT NULL,
  in_use integer DEFAULT 0 NOT NULL,
  CONSTRAINT connection_budget_pkey PRIMARY KEY (municipality_code),
  CONSTRAINT connection_budget_in_use_check CHECK (in_use >= 0),
  CONSTRAINT connection_budget_most_check CHECK (most >= 0)
);

CREATE TABLE continued_use (
  card_serial text NOT NULL,
  fact_version bigint NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  notified_on date NOT NULL /* day from which the deadline counts: of the notification, for MOVE_IN_NOTICE and DEPARTURE of the planned move */,
  last_day date NOT NULL,
  kind text DEFAULT 'CONTINUED_USE'::text NOT NULL,
  ended_at timestamp with time zone,
  outcome text,
  CONSTRAINT continued_use_pkey PRIMARY KEY (card_serial, fact_version),
  CONSTRAINT continued_use_kind_check CHECK (kind = ANY (ARRAY['MOVE_IN_NOTICE'::text, 'CONTINUED_USE'::text, 'DEPARTURE'::text]))
);
COMMENT ON TABLE continued_use IS 'deadlines that moves set to cards in use';
CREATE INDEX continued_use_open ON continued_use USING btree (last_day) WHERE ended_at IS NULL;

CREATE TABLE counted_journal (
  journal text NOT NULL,
  xid xid8 NOT NULL,
  CONSTRAINT counted_journal_pkey PRIMARY KEY (journal)
);

CREATE TABLE counter_plan (
  municipality_code text NOT NULL,
  terminals integer NOT NULL,
  opens time without time zone NOT NULL,
  closes time without time zone NOT NULL,
  minutes_per_handover integer NOT NULL,
  availability numeric(3,2) NOT NULL,
  connection_limit integer NOT NULL,
  pickup_days integer NOT NULL,
  set_at timestamp with time zone NOT NULL,
  CONSTRAINT counter_plan_pkey PRIMARY KEY (municipality_code),
  CONSTRAINT counter_plan_availability_check CHECK (availability > 0::numeric AND availability <= 1::numeric),
  CONSTRAINT counter_plan_check CHECK (opens < closes),
  CONSTRAINT counter_plan_connection_limit_check CHECK (connection_limit > 0),
  CONSTRAINT counter_plan_minutes_per_handover_check CHECK (minutes_per_handover > 0),
  CONSTRAINT counter_plan_pickup_days_check CHECK (pickup_days >= 1 AND pickup_days <= 60),
  CONSTRAINT counter_plan_terminals_check CHECK (terminals > 0)
);

CREATE TABLE delegation (
  delegation_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  tasks text[] NOT NULL,
  amended_tasks text[],
  starts_on date NOT NULL,
  ended_on date,
  grant_basis text NOT NULL,
  version integer NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT delegation_pkey PRIMARY KEY (delegation_id),
  CONSTRAINT delegation_state_check CHECK (state = ANY (ARRAY['DRAFT'::text, 'IN_FORCE'::text, 'AMENDED'::text, 'TERMINATED'::text]))
);
CREATE INDEX delegation_municipality ON delegation USING btree (municipality_code, starts_on);
CREATE UNIQUE INDEX delegation_open ON delegation USING btree (municipality_code) WHERE state <> 'TERMINATED'::text;

CREATE TABLE handover_session (
  session_id uuid NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  terminal_id text NOT NULL,
  state text NOT NULL,
  reason text,
  method text,
  documents text[],
  pins text[],
  certificates text,
  activation_record text,
  opened_at timestamp with time zone NOT NULL,
  lease_until timestamp with time zone NOT NULL,
  chip_written_at timestamp with time zone,
  ended_at timestamp with time zone,
  activation_begun boolean DEFAULT false NOT NULL,
  CONSTRAINT handover_session_pkey PRIMARY KEY (session_id)
);
CREATE INDEX handover_session_lease ON handover_session USING btree (lease_until) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX handover_session_open ON handover_session USING btree (card_serial) WHERE ended_at IS NULL;

CREATE TABLE mailing (
  mailing_id uuid NOT NULL,
  mailing_no bigint NOT NULL,
  set_id uuid NOT NULL,
  "position" bigint NOT NULL,
  municipality_code text NOT NULL,
  barcode text NOT NULL,
  members integer NOT NULL,
  temporary_address boolean NOT NULL,
  destination bytea NOT NULL,
  state text NOT NULL,
  reason text,
  version integer NOT NULL,
  moved_by text NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  household_ref text,
  household_split boolean DEFAULT false NOT NULL,
  tracking_no text,
  told_at timestamp with time zone,
  returned_on date,
  CONSTRAINT mailing_pkey PRIMARY KEY (mailing_id),
  CONSTRAINT mailing_barcode_key UNIQUE (barcode),
  CONSTRAINT mailing_mailing_no_key UNIQUE (mailing_no),
  CONSTRAINT mailing_set_id_position_key UNIQUE (set_id, "position")
);
CREATE INDEX mailing_held ON mailing USING btree (municipality_code, told_at) WHERE state = 'HELD_AT_POST'::text;
CREATE INDEX mailing_household ON mailing USING btree (set_id, household_ref);
CREATE INDEX mailing_municipality ON mailing USING btree (municipality_code, mailing_no);
CREATE UNIQUE INDEX mailing_tracking ON mailing USING btree (tracking_no) WHERE tracking_no IS NOT NULL;

CREATE TABLE mailing_lot (
  set_id uuid NOT NULL,
  lot_no integer NOT NULL,
  first_position bigint NOT NULL,
  last_position bigint NOT NULL,
  envelopes integer NOT NULL,
  CONSTRAINT mailing_lot_pkey PRIMARY KEY (set_id, lot_no)
);

CREATE TABLE mailing_plan (
  set_id uuid NOT NULL,
  municipality_code text NOT NULL,
  base_date date,
  households integer NOT NULL,
  persons integer NOT NULL,
  prepared_at timestamp with time zone NOT NULL,
  job_id uuid,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  planned_persons integer DEFAULT 0 NOT NULL,
  CONSTRAINT mailing_plan_pkey PRIMARY KEY (set_id)
);
CREATE INDEX mailing_plan_municipality ON mailing_plan USING btree (municipality_code, base_date);

CREATE TABLE mailing_tally (
  municipality_code text NOT NULL,
  day date NOT NULL,
  state text NOT NULL,
  entered integer NOT NULL,
  leaving integer NOT NULL
);
CREATE INDEX mailing_tally_day ON mailing_tally USING btree (municipality_code, day);

CREATE TABLE maker_key (
  key_id text NOT NULL,
  maker text NOT NULL,
  certificate bytea NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT maker_key_pkey PRIMARY KEY (key_id)
);
CREATE INDEX maker_key_maker ON maker_key USING btree (maker, registered_at);

CREATE TABLE notification_card (
  mailing_id uuid NOT NULL,
  person_key uuid NOT NULL,
  line integer NOT NULL,
  state text NOT NULL,
  number_version integer DEFAULT 1 NOT NULL,
  CONSTRAINT notification_card_pkey PRIMARY KEY (mailing_id, person_key),
  CONSTRAINT notification_card_state_check CHECK (state = ANY (ARRAY['ISSUED'::text, 'IN_FORCE'::text, 'SURRENDERED'::text, 'LOST'::text, 'REISSUED'::text, 'INVALID'::text]))
);
CREATE UNIQUE INDEX notification_card_open ON notification_card USING btree (person_key) WHERE state = ANY (ARRAY['ISSUED'::text, 'IN_FORCE'::text]);

CREATE TABLE notification_reissue (
  reissue_id uuid NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  ground text NOT NULL,
  fee_yen integer NOT NULL,
  issued_by text NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  CONSTRAINT notification_reissue_pkey PRIMARY KEY (reissue_id)
);
CREATE INDEX notification_reissue_person ON notification_reissue USING btree (person_key);

CREATE TABLE number_version (
  person_key uuid NOT NULL,
  version integer NOT NULL,
  assignment_id uuid NOT NULL,
  CONSTRAINT number_version_pkey PRIMARY KEY (person_key)
);

CREATE TABLE outage (
  outage_id uuid NOT NULL,
  kind text NOT NULL,
  hop text NOT NULL,
  municipality_codes text[] NOT NULL,
  state text NOT NULL,
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone,
  text_ja text NOT NULL,
  text_en text NOT NULL,
  entered_at timestamp with time zone NOT NULL,
  fixed_at timestamp with time zone,
  closed_at timestamp with time zone,
  CONSTRAINT outage_pkey PRIMARY KEY (outage_id),
  CONSTRAINT outage_check CHECK (kind = 'INCIDENT'::text OR ends_at IS NOT NULL),
  CONSTRAINT outage_kind_check CHECK (kind = ANY (ARRAY['PLANNED'::text, 'INCIDENT'::text])),
  CONSTRAINT outage_state_check CHECK (state = ANY (ARRAY['PLANNED'::text, 'OPEN'::text, 'FIXED'::text, 'CLOSED'::text, 'CANCELLED'::text]))
);
CREATE INDEX outage_starts ON outage USING btree (starts_at);

CREATE TABLE person_fact (
  person_key uuid NOT NULL,
  fact_version bigint NOT NULL,
  CONSTRAINT person_fact_pkey PRIMARY KEY (person_key)
);

CREATE TABLE person_notice (
  person_key uuid NOT NULL,
  fact_version bigint NOT NULL,
  kind text NOT NULL,
  abolish text,
  municipality_code text NOT NULL,
  told_on date NOT NULL,
  arrived_at timestamp with time zone NOT NULL,
  fact_date date,
  CONSTRAINT person_notice_pkey PRIMARY KEY (person_key, fact_version)
);
CREATE INDEX person_notice_arrived ON person_notice USING btree (arrived_at);

CREATE TABLE photo_band (
  band smallint NOT NULL,
  value integer NOT NULL,
  application_id text NOT NULL,
  person_key uuid NOT NULL,
  hash bigint NOT NULL,
  CONSTRAINT photo_band_pkey PRIMARY KEY (band, value, application_id)
);
CREATE INDEX photo_band_application ON photo_band USING btree (application_id);

CREATE TABLE pickup (
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  day date NOT NULL,
  hour integer NOT NULL,
  CONSTRAINT pickup_pkey PRIMARY KEY (card_serial)
);
CREATE INDEX pickup_window_holders ON pickup USING btree (municipality_code, day, hour);

CREATE TABLE pickup_window (
  municipality_code text NOT NULL,
  day date NOT NULL,
  hour integer NOT NULL,
  places integer NOT NULL,
  taken integer DEFAULT 0 NOT NULL,
  CONSTRAINT pickup_window_pkey PRIMARY KEY (municipality_code, day, hour),
  CONSTRAINT pickup_window_check CHECK (taken >= 0 AND taken <= places),
  CONSTRAINT pickup_window_hour_check CHECK (hour >= 0 AND hour <= 23),
  CONSTRAINT pickup_window_places_check CHECK (places >= 0)
);

CREATE TABLE place_entered (
  municipality_code text NOT NULL,
  place text NOT NULL,
  entered bigint NOT NULL,
  CONSTRAINT place_entered_pkey PRIMARY KEY (municipality_code, place)
);

CREATE TABLE place_stock (
  municipality_code text NOT NULL,
  place text NOT NULL,
  since date NOT NULL,
  items bigint NOT NULL,
  CONSTRAINT place_stock_pkey PRIMARY KEY (municipality_code, place, since)
);

CREATE TABLE production_batch (
  batch_id uuid NOT NULL,
  maker text NOT NULL,
  municipality_code text,
  state text NOT NULL,
  filled boolean DEFAULT false NOT NULL,
  quarantined boolean DEFAULT false NOT NULL,
  records integer DEFAULT 0 NOT NULL,
  count integer,
  hash text,
  requests_missing integer,
  certificates_missing integer,
  version integer NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  key_id text,
  planned_ship_date date,
  key_confirmed_by text,
  key_released_at timestamp with time zone,
  examined text[] DEFAULT '{}'::text[] NOT NULL,
  release_decision text,
  release_by text,
  CONSTRAINT production_batch_pkey PRIMARY KEY (batch_id)
);

CREATE TABLE production_record (
  batch_id uuid NOT NULL,
  record_no integer NOT NULL,
  card_serial text NOT NULL,
  application_id text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  fact_version bigint NOT NULL,
  state text NOT NULL,
  reject_code text,
  face bytea NOT NULL,
  number bytea NOT NULL,
  security_code bytea NOT NULL,
  photo_sha256 text NOT NULL,
  expiry_date date NOT NULL,
  wish_sign boolean NOT NULL,
  wish_auth boolean NOT NULL,
  box_no text,
  seq_in_box integer,
  sign_csr bytea,
  auth_csr bytea,
  sign_serial text,
  auth_serial text,
  issuing_office text DEFAULT '000'::text NOT NULL,
  language text DEFAULT 'ja'::text NOT NULL,
  residence_expiry date,
  juki_code bytea,
  CONSTRAINT production_record_pkey PRIMARY KEY (batch_id, record_no),
  CONSTRAINT production_record_card_serial_key UNIQUE (card_serial),
  CONSTRAINT production_record_state_check CHECK (state = ANY (ARRAY['IN'::text, 'REJECTED'::text, 'DEFECTIVE'::text]))
);

CREATE TABLE reissue_case (
  case_id uuid NOT NULL,
  card_serial text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  cause text NOT NULL,
  loss_place text,
  police_report bytea /* number of the report, encrypted */,
  state text NOT NULL,
  outcome text,
  card_yen integer,
  certificates_yen integer,
  waiver text,
  application_id text,
  paid_yen integer,
  receipt_no text,
  paid_at timestamp with time zone,
  version integer NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  CONSTRAINT reissue_case_pkey PRIMARY KEY (case_id),
  CONSTRAINT reissue_case_outcome_check CHECK (outcome = ANY (ARRAY['HANDED_OVER'::text, 'FOUND'::text, 'ABANDONED'::text])),
  CONSTRAINT reissue_case_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'FEE_ASSESSED'::text, 'APPLICATION_LINKED'::text, 'CLOSED'::text]))
);
CREATE INDEX reissue_case_application ON reissue_case USING btree (application_id);
CREATE UNIQUE INDEX reissue_case_open ON reissue_case USING btree (person_key) WHERE state <> 'CLOSED'::text;

CREATE TABLE return_retention (
  municipality_code text NOT NULL,
  months integer NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT return_retention_pkey PRIMARY KEY (municipality_code),
  CONSTRAINT return_retention_months_check CHECK (months >= 3)
);

CREATE TABLE shipment_discrepancy (
  discrepancy_id uuid NOT NULL,
  box_no text NOT NULL,
  municipality_code text NOT NULL,
  missing text[] NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  CONSTRAINT shipment_discrepancy_pkey PRIMARY KEY (discrepancy_id),
  CONSTRAINT shipment_discrepancy_box_no_key UNIQUE (box_no)
);

CREATE TABLE shipping_box (
  box_no text NOT NULL,
  batch_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  issuing_office text DEFAULT '000'::text NOT NULL,
  CONSTRAINT shipping_box_pkey PRIMARY KEY (box_no),
  CONSTRAINT shipping_box_state_check CHECK (state = ANY (ARRAY['PLANNED'::text, 'SHIPPED'::text, 'RECEIVED'::text, 'SHORT'::text]))
);
CREATE INDEX shipping_box_batch ON shipping_box USING btree (batch_id);
CREATE INDEX shipping_box_municipality ON shipping_box USING btree (municipality_code, box_no);

CREATE TABLE state_mismatch (
  mismatch_id uuid NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  kind text NOT NULL,
  found_at timestamp with time zone NOT NULL,
  alarmed_at timestamp with time zone,
  settled_at timestamp with time zone /* when the rules did what they allow; the next comparison tells whether it helped */,
  resolved_at timestamp with time zone,
  CONSTRAINT state_mismatch_pkey PRIMARY KEY (mismatch_id)
);
CREATE UNIQUE INDEX state_mismatch_open ON state_mismatch USING btree (card_serial, kind) WHERE resolved_at IS NULL;
CREATE INDEX state_mismatch_waiting ON state_mismatch USING btree (found_at) WHERE resolved_at IS NULL;

CREATE TABLE stop_order (
  stop_order_id uuid NOT NULL,
  card_serial text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  channel text NOT NULL,
  state text NOT NULL,
  confidence text NOT NULL,
  matched integer NOT NULL,
  letter_due boolean NOT NULL,
  placed_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  call_ended_at timestamp with time zone,
  loss_place text,
  police_report bytea,
  CONSTRAINT stop_order_pkey PRIMARY KEY (stop_order_id),
  CONSTRAINT stop_order_confidence_check CHECK (confidence = ANY (ARRAY['HIGH'::text, 'LOW'::text])),
  CONSTRAINT stop_order_loss_place_check CHECK (loss_place = ANY (ARRAY['HOME'::text, 'OUTSIDE'::text, 'UNKNOWN'::text])),
  CONSTRAINT stop_order_state_check CHECK (state = ANY (ARRAY['APPLIED'::text, 'LIFTED'::text, 'CONVERTED_TO_ABOLISH'::text]))
);
CREATE INDEX stop_order_letter ON stop_order USING btree (municipality_code, stop_order_id) WHERE letter_due;
CREATE UNIQUE INDEX stop_order_open ON stop_order USING btree (card_serial) WHERE state = 'APPLIED'::text;
CREATE INDEX stop_order_placed ON stop_order USING btree (placed_at);

CREATE TABLE temporary_address (
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  ground text NOT NULL,
  destination bytea NOT NULL,
  arrived_on date NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT temporary_address_pkey PRIMARY KEY (person_key)
);

CREATE OR REPLACE FUNCTION card_issuance.application_moved()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'card_issuance'
AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO application_move (municipality_code, to_state, to_day) VALUES (NEW.municipality_code, NEW.state, (NEW.received_at AT TIME ZONE 'Asia/Tokyo')::date);
  ELSE
    INSERT INTO application_move (municipality_code, from_state, from_day, to_state, to_day)
    VALUES (NEW.municipality_code, OLD.state, (OLD.received_at AT TIME ZONE 'Asia/Tokyo')::date, NEW.state, (NEW.received_at AT TIME ZONE 'Asia/Tokyo')::date);
  END IF;
  RETURN NULL;
END $function$
;

CREATE SEQUENCE box_number AS bigint;

CREATE SEQUENCE mailing_number AS bigint;
