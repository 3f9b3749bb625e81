-- jpki-ca: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE access_grant (
  organisation text NOT NULL,
  ca text NOT NULL,
  granted_at timestamp with time zone NOT NULL,
  granted_by text NOT NULL,
  verifier_id uuid,
  modes text[],
  CONSTRAINT access_grant_pkey PRIMARY KEY (organisation, ca)
);
CREATE INDEX access_grant_verifier ON access_grant USING btree (verifier_id);

CREATE TABLE age_waiver (
  id uuid NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  reason text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  given_by text,
  given_at timestamp with time zone,
  CONSTRAINT age_waiver_pkey PRIMARY KEY (id)
);
CREATE INDEX age_waiver_person ON age_waiver USING btree (person_key, municipality_code);

CREATE TABLE audit_segment (
  segment integer NOT NULL,
  state text NOT NULL,
  first_seq bigint NOT NULL,
  entries integer NOT NULL,
  last_link bigint NOT NULL,
  xid xid8 NOT NULL,
  line_id uuid NOT NULL,
  hash bytea NOT NULL,
  seal bytea NOT NULL,
  token bytea NOT NULL,
  audit_key integer NOT NULL,
  sealed_at timestamp with time zone NOT NULL,
  copy_due_at timestamp with time zone NOT NULL,
  copied_at timestamp with time zone,
  copy_sha256 text,
  archived_at timestamp with time zone,
  archived_by text,
  archive_ref text,
  CONSTRAINT audit_segment_pkey PRIMARY KEY (segment)
);
CREATE INDEX audit_segment_uncopied ON audit_segment USING btree (copy_due_at) WHERE state = 'SEALED'::text;

CREATE TABLE ca_key_generation (
  ca text NOT NULL,
  generation integer NOT NULL,
  organisation text NOT NULL,
  state text NOT NULL,
  key_id text NOT NULL,
  certificate bytea,
  serial bigint,
  not_before timestamp with time zone,
  not_after timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  key_checksum text,
  activate_at timestamp with time zone,
  activated_at timestamp with time zone,
  reported_by text,
  out_of_use_at timestamp with time zone,
  version integer DEFAULT 0 NOT NULL,
  CONSTRAINT ca_key_generation_pkey PRIMARY KEY (ca, generation),
  CONSTRAINT ca_key_generation_ca_serial_key UNIQUE (ca, serial)
);
CREATE UNIQUE INDEX ca_key_generation_active ON ca_key_generation USING btree (ca) WHERE state = 'ACTIVE'::text;

CREATE TABLE ca_link_certificate (
  ca text NOT NULL,
  generation integer NOT NULL,
  former integer NOT NULL,
  name text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_after timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  CONSTRAINT ca_link_certificate_pkey PRIMARY KEY (ca, generation, name),
  CONSTRAINT ca_link_certificate_ca_serial_key UNIQUE (ca, serial)
);

CREATE TABLE card_progress (
  card_serial text NOT NULL,
  sequence bigint NOT NULL,
  stop_sequence bigint,
  CONSTRAINT card_progress_pkey PRIMARY KEY (card_serial)
);

CREATE TABLE certificate (
  ca text NOT NULL,
  serial bigint NOT NULL,
  generation integer NOT NULL,
  type text NOT NULL,
  person_key uuid NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  partition_id text NOT NULL,
  channel text NOT NULL,
  window_id text NOT NULL,
  production_batch_id uuid,
  issuance_request_id uuid NOT NULL,
  fact_version bigint NOT NULL,
  not_before timestamp with time zone NOT NULL,
  not_after timestamp with time zone NOT NULL,
  state text NOT NULL,
  version integer NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  der bytea NOT NULL,
  activated_at timestamp with time zone,
  CONSTRAINT certificate_pkey PRIMARY KEY (ca, serial)
) PARTITION BY LIST (ca);
CREATE INDEX certificate_card ON certificate USING btree (card_serial);
CREATE INDEX certificate_expiry ON certificate USING btree (not_after) WHERE state = ANY (ARRAY['VALID'::text, 'HELD'::text]);
CREATE INDEX certificate_generation ON certificate USING btree (ca, generation, not_after);
CREATE UNIQUE INDEX certificate_in_force ON certificate USING btree (ca, person_key) WHERE state = ANY (ARRAY['VALID'::text, 'HELD'::text]);
CREATE INDEX certificate_issued_at ON certificate USING brin (issued_at);
CREATE INDEX certificate_person ON certificate USING btree (person_key);
CREATE INDEX certificate_request ON certificate USING btree (issuance_request_id);
CREATE TABLE certificate_auth PARTITION OF certificate FOR VALUES IN ('auth');
CREATE TABLE certificate_sign PARTITION OF certificate FOR VALUES IN ('sign');

CREATE TABLE crl_issue (
  partition_id text NOT NULL,
  number bigint NOT NULL,
  generation integer NOT NULL,
  state text NOT NULL,
  scheduled boolean NOT NULL,
  this_update timestamp with time zone NOT NULL,
  next_update timestamp with time zone NOT NULL,
  cutoff timestamp with time zone NOT NULL,
  entry_count integer NOT NULL,
  sha256 text,
  der bytea,
  fault text,
  serials bytea,
  length integer,
  head_length integer,
  stale_at timestamp with time zone,
  CONSTRAINT crl_issue_pkey PRIMARY KEY (partition_id, number),
  CONSTRAINT crl_issue_partition_id_fkey FOREIGN KEY (partition_id) REFERENCES crl_partition(id)
);
CREATE UNIQUE INDEX crl_issue_published ON crl_issue USING btree (partition_id, generation) WHERE state = 'PUBLISHED'::text;

CREATE TABLE crl_partition (
  id text NOT NULL,
  ca text NOT NULL,
  kind text NOT NULL,
  municipality_code text,
  prefecture_romaji text,
  municipality_romaji text,
  state text NOT NULL,
  last_number bigint DEFAULT 0 NOT NULL,
  current_number bigint,
  last_scheduled_at timestamp with time zone,
  frozen_at timestamp with time zone,
  part integer DEFAULT 1 NOT NULL,
  issued bigint DEFAULT 0 NOT NULL,
  CONSTRAINT crl_partition_pkey PRIMARY KEY (id),
  CONSTRAINT crl_partition_ca_municipality_code_part_key UNIQUE (ca, municipality_code, part),
  CONSTRAINT crl_partition_ca_prefecture_romaji_municipality_romaji_part_key UNIQUE (ca, prefecture_romaji, municipality_romaji, part)
);
CREATE UNIQUE INDEX crl_partition_open ON crl_partition USING btree (ca, municipality_code) WHERE state = 'OPEN'::text;

CREATE TABLE crl_piece (
  partition_id text NOT NULL,
  number bigint NOT NULL,
  place integer NOT NULL,
  octets bytea NOT NULL,
  CONSTRAINT crl_piece_pkey PRIMARY KEY (partition_id, number, place),
  CONSTRAINT crl_piece_partition_id_number_fkey FOREIGN KEY (partition_id, number) REFERENCES crl_issue(partition_id, number) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE issuance_record (
  ca text NOT NULL,
  serial bigint NOT NULL,
  record bytea NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT issuance_record_pkey PRIMARY KEY (ca, serial)
);
COMMENT ON TABLE issuance_record IS 'journal: statutory record of what was issued, with the characters as in the register (JPKI 4.4)';

CREATE TABLE issuance_request (
  id uuid NOT NULL,
  request_key text NOT NULL,
  request_hash bytea NOT NULL,
  channel text NOT NULL,
  type text NOT NULL,
  state text NOT NULL,
  code text,
  ca text NOT NULL,
  serial bigint,
  generation integer,
  card_serial text NOT NULL,
  person_key uuid NOT NULL,
  municipality_code text NOT NULL,
  partition_id text,
  window_id text NOT NULL,
  production_batch_id uuid,
  fact_version bigint,
  not_before timestamp with time zone,
  not_after timestamp with time zone,
  tbs bytea,
  record bytea,
  received_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT issuance_request_pkey PRIMARY KEY (id),
  CONSTRAINT issuance_request_request_key_key UNIQUE (request_key)
) WITH (toast_tuple_target=4080);
CREATE INDEX issuance_request_undelivered ON issuance_request USING btree (changed_at) WHERE state = 'SIGNED'::text AND channel = 'WINDOW'::text;

CREATE TABLE issued_key (
  modulus_hash bytea NOT NULL,
  issuance_request_id uuid NOT NULL,
  CONSTRAINT issued_key_pkey PRIMARY KEY (modulus_hash)
);

CREATE TABLE key_ceremony (
  id uuid NOT NULL,
  ca text NOT NULL,
  generation integer NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  held_on date NOT NULL,
  participants jsonb NOT NULL,
  steps jsonb NOT NULL,
  reason text,
  scheduled_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT key_ceremony_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX key_ceremony_open ON key_ceremony USING btree (ca) WHERE state <> ALL (ARRAY['CLOSED'::text, 'ABORTED'::text]);

CREATE TABLE key_ceremony_minutes (
  ceremony_id uuid NOT NULL,
  document text NOT NULL,
  sha256 text NOT NULL,
  written_at timestamp with time zone NOT NULL,
  CONSTRAINT key_ceremony_minutes_pkey PRIMARY KEY (ceremony_id),
  CONSTRAINT key_ceremony_minutes_ceremony_id_fkey FOREIGN KEY (ceremony_id) REFERENCES key_ceremony(id)
);
COMMENT ON TABLE key_ceremony_minutes IS 'journal: minutes of key ceremonies, octet by octet as signed (JPKI 3.2)';

CREATE TABLE key_signature (
  process uuid NOT NULL,
  key_id text NOT NULL,
  sha256 bytea NOT NULL,
  at timestamp with time zone NOT NULL
);
COMMENT ON TABLE key_signature IS 'journal: what the authorities'' keys were about to sign, by process (JPKI 4.16)';
CREATE INDEX key_signature_at ON key_signature USING brin (at);
CREATE INDEX key_signature_process ON key_signature USING btree (process, key_id);

CREATE TABLE known_verifier (
  id uuid NOT NULL,
  organisation text NOT NULL,
  class text NOT NULL,
  state text NOT NULL,
  confirmers text[] NOT NULL,
  granted_at timestamp with time zone,
  told integer NOT NULL,
  version bigint NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT known_verifier_pkey PRIMARY KEY (id)
);
CREATE INDEX known_verifier_confirmers ON known_verifier USING gin (confirmers);
CREATE INDEX known_verifier_organisation ON known_verifier USING btree (organisation, granted_at);

CREATE TABLE lint_finding (
  ca text NOT NULL,
  serial bigint NOT NULL,
  lints text[] NOT NULL,
  found_at timestamp with time zone NOT NULL,
  CONSTRAINT lint_finding_pkey PRIMARY KEY (ca, serial)
);
COMMENT ON TABLE lint_finding IS 'certificates that a nightly sample found to break a rule after they were signed (JPKI 4.15, 7)';

CREATE TABLE missing_fact (
  person_key uuid NOT NULL,
  fact_version bigint NOT NULL,
  noticed_at timestamp with time zone NOT NULL,
  CONSTRAINT missing_fact_pkey PRIMARY KEY (person_key)
);

CREATE TABLE ocsp_responder (
  ca text NOT NULL,
  number integer NOT NULL,
  generation integer NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_before timestamp with time zone NOT NULL,
  not_after timestamp with time zone NOT NULL,
  destroyed_at timestamp with time zone,
  CONSTRAINT ocsp_responder_pkey PRIMARY KEY (ca, number)
);

CREATE TABLE person_progress (
  person_key uuid NOT NULL,
  applied bigint NOT NULL,
  dead boolean NOT NULL,
  municipality_code text NOT NULL,
  CONSTRAINT person_progress_pkey PRIMARY KEY (person_key)
);

CREATE TABLE reconciliation (
  id uuid NOT NULL,
  state text NOT NULL,
  evidence_ref text NOT NULL,
  requested_by text NOT NULL,
  requested_at timestamp with time zone NOT NULL,
  confirmed_by text,
  next_copy bigint NOT NULL,
  last_copy bigint NOT NULL,
  lists_after text DEFAULT ''::text NOT NULL,
  reentered integer DEFAULT 0 NOT NULL,
  unrecorded integer DEFAULT 0 NOT NULL,
  unverified_lists integer DEFAULT 0 NOT NULL,
  finished_at timestamp with time zone,
  CONSTRAINT reconciliation_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX reconciliation_open ON reconciliation USING btree ((true)) WHERE state <> 'DONE'::text;

CREATE TABLE record_disclosure (
  id uuid NOT NULL,
  ca text NOT NULL,
  serial bigint NOT NULL,
  case_no text NOT NULL,
  identity_ref text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  confirmed_by text,
  confirmed_at timestamp with time zone,
  CONSTRAINT record_disclosure_pkey PRIMARY KEY (id),
  CONSTRAINT record_disclosure_ca_serial_fkey FOREIGN KEY (ca, serial) REFERENCES issuance_record(ca, serial)
);
CREATE INDEX record_disclosure_certificate ON record_disclosure USING btree (ca, serial, confirmed_at);

CREATE TABLE resident_change_notice (
  person_key uuid NOT NULL,
  fact_version bigint NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL,
  fields text[] NOT NULL,
  abroad boolean,
  municipality_code text NOT NULL,
  fact_date date NOT NULL,
  state text NOT NULL,
  arrived_at timestamp with time zone NOT NULL,
  returns_to text,
  resolved_by text,
  resolution_ref text,
  CONSTRAINT resident_change_notice_pkey PRIMARY KEY (person_key, fact_version)
) PARTITION BY HASH (person_key);
CREATE INDEX resident_change_moved_out ON resident_change_notice USING btree (municipality_code, fact_date) WHERE kind = 'moved-out'::text;
CREATE INDEX resident_change_quarantined ON resident_change_notice USING btree (arrived_at) WHERE state = 'QUARANTINED'::text;
CREATE TABLE resident_change_notice_0 PARTITION OF resident_change_notice FOR VALUES WITH (modulus 4, remainder 0);
CREATE TABLE resident_change_notice_1 PARTITION OF resident_change_notice FOR VALUES WITH (modulus 4, remainder 1);
CREATE TABLE resident_change_notice_2 PARTITION OF resident_change_notice FOR VALUES WITH (modulus 4, remainder 2);
CREATE TABLE resident_change_notice_3 PARTITION OF resident_change_notice FOR VALUES WITH (modulus 4, remainder 3);

CREATE TABLE revocation_application (
  sha256 bytea NOT NULL,
  ca text NOT NULL,
  serial bigint NOT NULL,
  application bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT revocation_application_pkey PRIMARY KEY (sha256),
  CONSTRAINT revocation_application_ca_serial_fkey FOREIGN KEY (ca, serial) REFERENCES issuance_record(ca, serial)
);
COMMENT ON TABLE revocation_application IS 'journal: what holders signed with a certificate to have it ended; encrypted, as it may show the certificate (JPKI 4.7 no. 1)';

CREATE TABLE revocation_record (
  id uuid NOT NULL,
  ca text NOT NULL,
  serial bigint NOT NULL,
  kind text NOT NULL,
  cause text NOT NULL,
  reason smallint NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  invalidity_date timestamp with time zone,
  source_ref text NOT NULL,
  municipality_code text NOT NULL,
  partition_id text NOT NULL,
  CONSTRAINT revocation_record_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE revocation_record IS 'journal: every hold, release and revocation (JPKI 3.5)';
CREATE INDEX revocation_record_certificate ON revocation_record USING btree (ca, serial);
CREATE INDEX revocation_record_recorded_at ON revocation_record USING brin (recorded_at);
CREATE INDEX revocation_record_release ON revocation_record USING btree (partition_id, recorded_at) WHERE kind = 'RELEASE'::text;

CREATE TABLE revoked (
  ca text NOT NULL,
  serial bigint NOT NULL,
  revoked_at timestamp with time zone NOT NULL,
  reason smallint NOT NULL,
  invalidity_date timestamp with time zone,
  partition_id text NOT NULL,
  not_after timestamp with time zone NOT NULL,
  CONSTRAINT revoked_pkey PRIMARY KEY (ca, serial)
);
CREATE INDEX revoked_partition ON revoked USING btree (partition_id, serial);

CREATE TABLE sealing_key (
  role text NOT NULL,
  number integer NOT NULL,
  generation integer NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  serial bigint NOT NULL,
  not_before timestamp with time zone NOT NULL,
  not_after timestamp with time zone NOT NULL,
  CONSTRAINT sealing_key_pkey PRIMARY KEY (role, number)
);

CREATE TABLE signature_confirmer (
  organisation text NOT NULL,
  verifier_id uuid NOT NULL,
  added_at timestamp with time zone NOT NULL,
  added_by text NOT NULL,
  CONSTRAINT signature_confirmer_pkey PRIMARY KEY (organisation)
);
COMMENT ON TABLE signature_confirmer IS 'moved to jpki-verifier';
CREATE INDEX signature_confirmer_group ON signature_confirmer USING btree (verifier_id);
CREATE TRIGGER moved BEFORE INSERT OR DELETE OR UPDATE ON signature_confirmer FOR EACH STATEMENT EXECUTE FUNCTION verifiers_moved();

CREATE TABLE status_use (
  at timestamp with time zone NOT NULL,
  organisation text NOT NULL,
  ca text NOT NULL,
  mode text NOT NULL,
  serial text COLLATE "C" NOT NULL,
  status text NOT NULL
) PARTITION BY LIST (((EXTRACT(month FROM timezone('Asia/Tokyo'::text, at)))::integer));
COMMENT ON TABLE status_use IS 'journal of what verifiers were answered (JPKI 4.13)';
CREATE INDEX status_use_at ON status_use USING brin (at) WITH (autosummarize='on');
CREATE TABLE status_use_01 PARTITION OF status_use FOR VALUES IN (1);
CREATE TABLE status_use_02 PARTITION OF status_use FOR VALUES IN (2);
CREATE TABLE status_use_03 PARTITION OF status_use FOR VALUES IN (3);
CREATE TABLE status_use_04 PARTITION OF status_use FOR VALUES IN (4);
CREATE TABLE status_use_05 PARTITION OF status_use FOR VALUES IN (5);
CREATE TABLE status_use_06 PARTITION OF status_use FOR VALUES IN (6);
CREATE TABLE status_use_07 PARTITION OF status_use FOR VALUES IN (7);
CREATE TABLE status_use_08 PARTITION OF status_use FOR VALUES IN (8);
CREATE TABLE status_use_09 PARTITION OF status_use FOR VALUES IN (9);
CREATE TABLE status_use_10 PARTITION OF status_use FOR VALUES IN (10);
CREATE TABLE status_use_11 PARTITION OF status_use FOR VALUES IN (11);
CREATE TABLE status_use_12 PARTITION OF status_use FOR VALUES IN (12);

CREATE TABLE timestamp_issue (
  serial text COLLATE "C" NOT NULL,
  at timestamp with time zone NOT NULL,
  organisation text NOT NULL,
  imprint text NOT NULL,
  CONSTRAINT timestamp_issue_pkey PRIMARY KEY (serial)
);
COMMENT ON TABLE timestamp_issue IS 'journal of the time-stamps that were given (JPKI 4.3)';
CREATE INDEX timestamp_issue_at ON timestamp_issue USING btree (at);

CREATE TABLE unrecorded_certificate (
  ca text NOT NULL,
  serial bigint NOT NULL,
  municipality_code text,
  partition_id text NOT NULL,
  not_after timestamp with time zone NOT NULL,
  reconciliation_id uuid NOT NULL,
  CONSTRAINT unrecorded_certificate_pkey PRIMARY KEY (ca, serial),
  CONSTRAINT unrecorded_certificate_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES reconciliation(id)
);

CREATE TABLE usage_day (
  organisation text NOT NULL,
  day date NOT NULL,
  ca text NOT NULL,
  mode text NOT NULL,
  definitive bigint NOT NULL,
  free bigint NOT NULL,
  amount_yen bigint DEFAULT 0 NOT NULL,
  counted_to timestamp with time zone NOT NULL,
  CONSTRAINT usage_day_pkey PRIMARY KEY (organisation, day, ca, mode)
);
CREATE INDEX usage_day_day ON usage_day USING btree (day);

CREATE TABLE usage_month (
  month text NOT NULL,
  step text NOT NULL,
  at timestamp with time zone NOT NULL,
  CONSTRAINT usage_month_pkey PRIMARY KEY (month, step)
);
COMMENT ON TABLE usage_month IS 'journal of the months whose answers to verifiers were COUNTED, and DROPPED after that (JPKI 4.13)';

CREATE TABLE usage_statement (
  organisation text NOT NULL,
  month text NOT NULL,
  definitive bigint NOT NULL,
  amount_yen bigint NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  CONSTRAINT usage_statement_pkey PRIMARY KEY (organisation, month)
);
COMMENT ON TABLE usage_statement IS 'journal of the statements that verifiers were issued (JPKI 3.11)';
CREATE TRIGGER moved BEFORE INSERT ON usage_statement FOR EACH STATEMENT EXECUTE FUNCTION verifiers_moved();

CREATE TABLE verifier (
  id uuid NOT NULL,
  organisation text NOT NULL,
  class text NOT NULL,
  state text NOT NULL,
  hearing_ref text,
  disclosure_ref text,
  test_ref text,
  client_certificate text,
  certification_no text,
  certification_expiry date,
  renewal_no text,
  renewal_expiry date,
  purposes text[] NOT NULL,
  modes text[] NOT NULL,
  network text,
  contacts bytea,
  checked_by text,
  granted_at timestamp with time zone,
  reason text,
  told integer NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT verifier_pkey PRIMARY KEY (id)
);
COMMENT ON TABLE verifier IS 'moved to jpki-verifier';
CREATE INDEX verifier_certification ON verifier USING btree (certification_expiry) WHERE state = ANY (ARRAY['CERTIFIED'::text, 'RETURNED'::text, 'PRODUCTION'::text]);
CREATE INDEX verifier_granted ON verifier USING btree (organisation, granted_at);
CREATE UNIQUE INDEX verifier_organisation ON verifier USING btree (organisation) WHERE state <> ALL (ARRAY['ENDED'::text, 'LAPSED'::text]);
CREATE TRIGGER moved BEFORE INSERT OR DELETE OR UPDATE ON verifier FOR EACH STATEMENT EXECUTE FUNCTION verifiers_moved();

CREATE OR REPLACE FUNCTION jpki_ca.drop_key_signatures(present timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'jpki_ca', 'pg_temp'
AS $function$
DECLARE
  -- No later than the server's own clock says: nobody makes the record of the day old.
  border timestamptz := least(present, now()) - interval '400 days';
  dropped bigint;
BEGIN
  DELETE FROM key_signature WHERE at < border AND process NOT IN (
    SELECT process FROM (SELECT DISTINCT process FROM key_signature WHERE at < border) AS old
    WHERE EXISTS (SELECT FROM key_signature later WHERE later.process = old.process AND later.at >= border));
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END;
$function$
;

CREATE OR REPLACE FUNCTION jpki_ca.drop_status_uses(over text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'jpki_ca', 'pg_temp'
AS $function$
DECLARE
  start timestamp := to_date(over, 'YYYY-MM');
  after timestamp := start + interval '1 month';
  part text := format('status_use_%s', to_char(start, 'MM'));
  others boolean;
BEGIN
  IF (SELECT count(*) FROM usage_month WHERE step = 'COUNTED' AND month IN (to_char(start, 'YYYY-MM'), to_char(after, 'YYYY-MM'))) < 2 THEN
    RAISE EXCEPTION 'the month and the one after it are not counted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A month that is late by a year shares its part with that of the year after.
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', part);
  EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE at < $1 OR at >= $2)', part) INTO others USING timezone('Asia/Tokyo', start), timezone('Asia/Tokyo', after);
  IF others THEN
    EXECUTE format('DELETE FROM %I WHERE at >= $1 AND at < $2', part) USING timezone('Asia/Tokyo', start), timezone('Asia/Tokyo', after);
  ELSE
    EXECUTE format('TRUNCATE %I', part);
  END IF;
END;
$function$
;

CREATE OR REPLACE FUNCTION jpki_ca.verifiers_moved()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'verifiers have moved' USING ERRCODE = 'read_only_sql_transaction';
END;
$function$
;

CREATE SEQUENCE auth_serial AS bigint;

CREATE SEQUENCE sign_serial AS bigint;

CREATE SEQUENCE timestamp_serial AS bigint;
