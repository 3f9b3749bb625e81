-- bridge-ca: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE authority (
  id text NOT NULL,
  kind text NOT NULL,
  prefecture text,
  organisation text NOT NULL,
  subject_der bytea NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT authority_pkey PRIMARY KEY (id),
  CONSTRAINT authority_subject_der_key UNIQUE (subject_der),
  CONSTRAINT authority_check CHECK ((prefecture IS NOT NULL) = (kind = 'PREFECTURAL'::text)),
  CONSTRAINT authority_kind_check CHECK (kind = ANY (ARRAY['BRIDGE'::text, 'PREFECTURAL'::text, 'EXTERNAL'::text]))
);
CREATE UNIQUE INDEX authority_prefecture ON authority USING btree (prefecture);

CREATE TABLE authority_generation (
  authority_id text NOT NULL,
  generation integer NOT NULL,
  state text NOT NULL,
  key_id text,
  certificate bytea,
  serial numeric(49,0),
  not_before timestamp with time zone,
  not_after timestamp with time zone,
  activate_at timestamp with time zone,
  activated_at timestamp with time zone,
  ceremony_ref text NOT NULL,
  planned_by text NOT NULL,
  certified_by text,
  reported_by text,
  out_of_use_at timestamp with time zone,
  out_of_use_by text,
  version integer DEFAULT 0 NOT NULL,
  CONSTRAINT authority_generation_pkey PRIMARY KEY (authority_id, generation),
  CONSTRAINT authority_generation_authority_id_serial_key UNIQUE (authority_id, serial),
  CONSTRAINT authority_generation_key_id_key UNIQUE (key_id),
  CONSTRAINT authority_generation_authority_id_fkey FOREIGN KEY (authority_id) REFERENCES authority(id)
);
CREATE UNIQUE INDEX authority_generation_active ON authority_generation USING btree (authority_id) WHERE state = 'ACTIVE'::text;
CREATE UNIQUE INDEX authority_generation_next ON authority_generation USING btree (authority_id) WHERE state = ANY (ARRAY['PLANNED'::text, 'KEY_GENERATED'::text, 'CERTIFIED'::text]);

CREATE TABLE committee_report (
  id uuid NOT NULL,
  month text NOT NULL,
  state text NOT NULL,
  figures text NOT NULL,
  collected_at timestamp with time zone NOT NULL,
  drafted_by text NOT NULL,
  submitted_by text,
  submitted_at timestamp with time zone,
  deliberated_on date,
  opinion_ref text,
  answer_ref text,
  answered_by text,
  answered_at timestamp with time zone,
  CONSTRAINT committee_report_pkey PRIMARY KEY (id),
  CONSTRAINT committee_report_month_key UNIQUE (month)
);

CREATE TABLE cross_certificate (
  cross_certification_id uuid NOT NULL,
  direction text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  terms jsonb NOT NULL,
  request bytea,
  received_by text,
  confirmed_by text,
  certificate bytea,
  serial numeric(49,0),
  issuer_generation integer,
  subject_generation integer,
  not_before timestamp with time zone,
  not_after timestamp with time zone,
  issued_by text,
  CONSTRAINT cross_certificate_pkey PRIMARY KEY (cross_certification_id, direction),
  CONSTRAINT cross_certificate_issuer_serial_key UNIQUE (issuer, serial),
  CONSTRAINT cross_certificate_cross_certification_id_fkey FOREIGN KEY (cross_certification_id) REFERENCES cross_certification(id),
  CONSTRAINT cross_certificate_issuer_fkey FOREIGN KEY (issuer) REFERENCES authority(id),
  CONSTRAINT cross_certificate_subject_fkey FOREIGN KEY (subject) REFERENCES authority(id),
  CONSTRAINT cross_certificate_direction_check CHECK (direction = ANY (ARRAY['TO_COUNTERPART'::text, 'TO_BRIDGE'::text]))
);

CREATE TABLE cross_certification (
  id uuid NOT NULL,
  counterpart text NOT NULL,
  state text NOT NULL,
  faults text[] DEFAULT '{}'::text[] NOT NULL,
  renews uuid,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  mapped_by text,
  decision_ref text,
  published_by text,
  published_at timestamp with time zone,
  cause text,
  evidence_ref text,
  asked_by text,
  ended_at timestamp with time zone,
  told integer DEFAULT 0 NOT NULL,
  CONSTRAINT cross_certification_pkey PRIMARY KEY (id),
  CONSTRAINT cross_certification_counterpart_fkey FOREIGN KEY (counterpart) REFERENCES authority(id),
  CONSTRAINT cross_certification_renews_fkey FOREIGN KEY (renews) REFERENCES cross_certification(id)
);
CREATE UNIQUE INDEX cross_certification_open ON cross_certification USING btree (counterpart) WHERE state <> ALL (ARRAY['PUBLISHED'::text, 'RENEWING'::text, 'REVOKED'::text, 'EXPIRED'::text]);
CREATE UNIQUE INDEX cross_certification_published ON cross_certification USING btree (counterpart) WHERE state = 'PUBLISHED'::text;

CREATE TABLE double_run (
  batch_id uuid NOT NULL,
  day date NOT NULL,
  list_number bigint NOT NULL,
  list_at timestamp with time zone NOT NULL,
  entries integer NOT NULL,
  differences integer NOT NULL,
  compared_at timestamp with time zone NOT NULL,
  compared_by text NOT NULL,
  CONSTRAINT double_run_pkey PRIMARY KEY (batch_id, day)
);

CREATE TABLE former_list_entry (
  batch_id uuid NOT NULL,
  serial bytea NOT NULL,
  revoked_at timestamp with time zone NOT NULL,
  reason smallint,
  CONSTRAINT former_list_entry_pkey PRIMARY KEY (batch_id, serial)
);

CREATE TABLE key_signature (
  process uuid NOT NULL,
  key_id text NOT NULL,
  sha256 bytea NOT NULL,
  at timestamp with time zone NOT NULL
);
COMMENT ON TABLE key_signature IS 'journal: what the authorities'' keys were about to sign, by process (JPKI 4.16)';
CREATE INDEX key_signature_at ON key_signature USING btree (at);
CREATE INDEX key_signature_process ON key_signature USING btree (process, key_id);

CREATE TABLE link_certificate (
  authority_id text NOT NULL,
  generation integer NOT NULL,
  former integer NOT NULL,
  name text NOT NULL,
  certificate bytea NOT NULL,
  serial numeric(49,0) NOT NULL,
  not_after timestamp with time zone NOT NULL,
  CONSTRAINT link_certificate_pkey PRIMARY KEY (authority_id, generation, name),
  CONSTRAINT link_certificate_authority_id_serial_key UNIQUE (authority_id, serial),
  CONSTRAINT link_certificate_authority_id_generation_fkey FOREIGN KEY (authority_id, generation) REFERENCES authority_generation(authority_id, generation),
  CONSTRAINT link_certificate_name_check CHECK (name = ANY (ARRAY['OLD_WITH_NEW'::text, 'NEW_WITH_OLD'::text]))
);

CREATE TABLE list_signer (
  prefecture text NOT NULL,
  generation integer NOT NULL,
  key_id text NOT NULL,
  certificate bytea NOT NULL,
  status_list bytea NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  issued_by text NOT NULL,
  CONSTRAINT list_signer_pkey PRIMARY KEY (prefecture, generation)
);

CREATE TABLE migrated_record (
  prefecture text NOT NULL,
  serial bytea NOT NULL,
  line integer NOT NULL,
  status text NOT NULL,
  kind text,
  reason smallint,
  recorded_at timestamp with time zone,
  not_before timestamp with time zone NOT NULL,
  not_after timestamp with time zone NOT NULL,
  source_municipality text NOT NULL,
  municipality_code text NOT NULL,
  window_id text NOT NULL,
  sealed bytea NOT NULL,
  kept_through date NOT NULL,
  CONSTRAINT migrated_record_pkey PRIMARY KEY (prefecture, serial)
);
CREATE INDEX migrated_record_end ON migrated_record USING btree (prefecture, not_after);
CREATE INDEX migrated_record_kept ON migrated_record USING btree (kept_through);
CREATE INDEX migrated_record_revoked ON migrated_record USING btree (prefecture, serial) WHERE status = 'revoked'::text;

CREATE TABLE migration_batch (
  id uuid NOT NULL,
  prefecture text NOT NULL,
  continuity text NOT NULL,
  state text NOT NULL,
  signer bytea NOT NULL,
  upload_id uuid,
  file_sha256 bytea,
  lines integer,
  trailer text,
  list_number bigint,
  list_sha256 bytea,
  list_at timestamp with time zone,
  list_entries integer,
  job_id uuid,
  faults integer DEFAULT 0 NOT NULL,
  statement text,
  acceptance bytea,
  accepted_by text,
  told integer DEFAULT 0 NOT NULL,
  planned_by text NOT NULL,
  planned_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT migration_batch_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX migration_batch_prefecture ON migration_batch USING btree (prefecture) WHERE state <> 'REJECTED'::text;

CREATE TABLE migration_chunk (
  upload_id uuid NOT NULL,
  chunk integer NOT NULL,
  first_line integer NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT migration_chunk_pkey PRIMARY KEY (upload_id, chunk)
);

CREATE TABLE migration_fault (
  batch_id uuid NOT NULL,
  number integer NOT NULL,
  line integer,
  "column" text,
  code text NOT NULL,
  serial text,
  CONSTRAINT migration_fault_pkey PRIMARY KEY (batch_id, number)
);

CREATE TABLE municipality_code_change (
  old_code text NOT NULL,
  new_code text NOT NULL,
  effective_date date NOT NULL,
  CONSTRAINT municipality_code_change_pkey PRIMARY KEY (old_code, new_code, effective_date)
);

CREATE TABLE platform_item (
  id uuid NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  details text NOT NULL,
  texts text NOT NULL,
  proposed_by text NOT NULL,
  agreed_by text,
  second_agreed_by text,
  proposed_at timestamp with time zone NOT NULL,
  released_at timestamp with time zone,
  ends_at timestamp with time zone,
  retired_at timestamp with time zone,
  told integer DEFAULT 0 NOT NULL,
  CONSTRAINT platform_item_pkey PRIMARY KEY (id)
);
CREATE INDEX platform_item_ends ON platform_item USING btree (ends_at) WHERE state = 'RELEASED'::text;

CREATE TABLE policy_document (
  id uuid NOT NULL,
  subject text NOT NULL,
  version text NOT NULL,
  state text NOT NULL,
  content text NOT NULL,
  drafted_by text NOT NULL,
  reviewed_by text,
  approved_by text,
  second_approved_by text,
  published_at timestamp with time zone,
  drafted_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT policy_document_pkey PRIMARY KEY (id),
  CONSTRAINT policy_document_subject_version_key UNIQUE (subject, version)
);
CREATE UNIQUE INDEX policy_document_published ON policy_document USING btree (subject) WHERE state = 'PUBLISHED'::text;

CREATE TABLE revocation_list (
  authority_id text NOT NULL,
  list text NOT NULL,
  last_number integer DEFAULT 0 NOT NULL,
  last_scheduled_at timestamp with time zone,
  CONSTRAINT revocation_list_pkey PRIMARY KEY (authority_id, list),
  CONSTRAINT revocation_list_authority_id_fkey FOREIGN KEY (authority_id) REFERENCES authority(id),
  CONSTRAINT revocation_list_list_check CHECK (list = ANY (ARRAY['ARL'::text, 'CRL'::text]))
);

CREATE TABLE revocation_list_issue (
  authority_id text NOT NULL,
  list text NOT NULL,
  number integer NOT NULL,
  generation integer NOT NULL,
  state text NOT NULL,
  fault text,
  this_update timestamp with time zone NOT NULL,
  next_update timestamp with time zone NOT NULL,
  cutoff timestamp with time zone NOT NULL,
  entry_count integer NOT NULL,
  sha256 text,
  der bytea,
  CONSTRAINT revocation_list_issue_pkey PRIMARY KEY (authority_id, list, number),
  CONSTRAINT revocation_list_issue_authority_id_list_fkey FOREIGN KEY (authority_id, list) REFERENCES revocation_list(authority_id, list),
  CONSTRAINT revocation_list_issue_state_check CHECK (state = ANY (ARRAY['PUBLISHED'::text, 'SUPERSEDED'::text, 'FAILED'::text]))
);
CREATE UNIQUE INDEX revocation_list_issue_published ON revocation_list_issue USING btree (authority_id, list, generation) WHERE state = 'PUBLISHED'::text;

CREATE TABLE revoked_certificate (
  authority_id text NOT NULL,
  serial numeric(49,0) NOT NULL,
  list text NOT NULL,
  revoked_at timestamp with time zone NOT NULL,
  reason text NOT NULL,
  invalidity_date timestamp with time zone,
  not_after timestamp with time zone NOT NULL,
  CONSTRAINT revoked_certificate_pkey PRIMARY KEY (authority_id, serial),
  CONSTRAINT revoked_certificate_authority_id_fkey FOREIGN KEY (authority_id) REFERENCES authority(id),
  CONSTRAINT revoked_certificate_list_check CHECK (list = ANY (ARRAY['ARL'::text, 'CRL'::text]))
);
