-- numbering: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE assignment (
  person_key uuid NOT NULL,
  generation smallint NOT NULL,
  assignment_id uuid NOT NULL,
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  batch_id uuid,
  line integer,
  code_index bytea NOT NULL,
  state text NOT NULL,
  generated_at timestamp with time zone NOT NULL,
  designated_at timestamp with time zone,
  requested_code_index bytea,
  CONSTRAINT assignment_pkey PRIMARY KEY (person_key, generation),
  CONSTRAINT assignment_check CHECK ((batch_id IS NULL) = (line IS NULL)),
  CONSTRAINT assignment_state_check CHECK (state = ANY (ARRAY['REQUESTED'::text, 'GENERATED'::text, 'TENTATIVE'::text, 'DELIVERED'::text, 'DESIGNATED'::text, 'SUPERSEDED'::text, 'DORMANT'::text, 'CLOSED'::text, 'DISPUTED'::text, 'VOID'::text]))
) PARTITION BY HASH (person_key);
CREATE INDEX assignment_batch ON assignment USING btree (batch_id, line) WHERE batch_id IS NOT NULL;
CREATE INDEX assignment_generated_at ON assignment USING brin (generated_at);
CREATE INDEX assignment_id ON assignment USING btree (assignment_id);
CREATE INDEX assignment_request ON assignment USING btree (municipality_code, request_id) WHERE batch_id IS NULL;
CREATE INDEX assignment_single_day ON assignment USING btree (generated_at) WHERE batch_id IS NULL;
CREATE INDEX assignment_tentative ON assignment USING btree (generated_at) WHERE state = 'TENTATIVE'::text;
CREATE INDEX assignment_withdrawn ON assignment USING btree (batch_id) WHERE state = 'VOID'::text;
CREATE TABLE assignment_00 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 0);
CREATE TABLE assignment_01 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 1);
CREATE TABLE assignment_02 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 2);
CREATE TABLE assignment_03 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 3);
CREATE TABLE assignment_04 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 4);
CREATE TABLE assignment_05 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 5);
CREATE TABLE assignment_06 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 6);
CREATE TABLE assignment_07 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 7);
CREATE TABLE assignment_08 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 8);
CREATE TABLE assignment_09 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 9);
CREATE TABLE assignment_10 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 10);
CREATE TABLE assignment_11 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 11);
CREATE TABLE assignment_12 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 12);
CREATE TABLE assignment_13 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 13);
CREATE TABLE assignment_14 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 14);
CREATE TABLE assignment_15 PARTITION OF assignment FOR VALUES WITH (modulus 16, remainder 15);

CREATE TABLE assignment_move (
  assignment_id uuid NOT NULL,
  move integer NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  cause text NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  CONSTRAINT assignment_move_pkey PRIMARY KEY (assignment_id, move),
  CONSTRAINT assignment_move_move_check CHECK (move > 1)
);
COMMENT ON TABLE assignment_move IS 'journal of the states of assignments';

CREATE TABLE batch_line (
  batch_id uuid NOT NULL,
  line integer NOT NULL,
  request_id text NOT NULL,
  code bytea NOT NULL,
  code_index bytea NOT NULL,
  case_id text,
  priority smallint NOT NULL,
  person_key uuid,
  result_code text,
  kind smallint DEFAULT 1 NOT NULL,
  since date,
  reference uuid,
  CONSTRAINT batch_line_pkey PRIMARY KEY (batch_id, line),
  CONSTRAINT batch_line_kind_check CHECK (kind >= 1 AND kind <= 3)
);

CREATE TABLE change_case (
  case_id uuid NOT NULL,
  municipality_code text NOT NULL,
  filing_id text NOT NULL,
  person_key uuid NOT NULL,
  assignment_id uuid NOT NULL,
  kind text NOT NULL,
  occasion text NOT NULL,
  state text NOT NULL,
  leaked boolean,
  misuse_risk boolean,
  statement bytea NOT NULL,
  evidence bytea,
  reasons bytea,
  filed_by text NOT NULL,
  decided_by text,
  new_assignment_id uuid,
  filed_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  former_card text,
  card_serial text,
  no_card text,
  settled_by text,
  CONSTRAINT change_case_pkey PRIMARY KEY (case_id),
  CONSTRAINT change_case_municipality_code_filing_id_key UNIQUE (municipality_code, filing_id),
  CONSTRAINT change_case_kind_check CHECK (kind = ANY (ARRAY['ON_REQUEST'::text, 'EX_OFFICIO'::text])),
  CONSTRAINT change_case_no_card_check CHECK (no_card = ANY (ARRAY['NEVER_ISSUED'::text, 'LOST'::text, 'DESTROYED'::text])),
  CONSTRAINT change_case_state_check CHECK (state = ANY (ARRAY['FILED'::text, 'OPENED_EX_OFFICIO'::text, 'EVIDENCE'::text, 'GRANTED'::text, 'DENIED'::text, 'NEW_NUMBER_DESIGNATED'::text, 'CONSEQUENCES_DONE'::text, 'CLOSED'::text]))
);
CREATE UNIQUE INDEX change_case_open ON change_case USING btree (person_key) WHERE state <> ALL (ARRAY['DENIED'::text, 'CLOSED'::text]);

CREATE TABLE code_number_link (
  code_index bytea NOT NULL,
  seq smallint NOT NULL,
  code bytea NOT NULL,
  number_index bytea NOT NULL,
  number bytea NOT NULL,
  person_key uuid NOT NULL,
  state text NOT NULL,
  valid_from timestamp with time zone NOT NULL,
  valid_to timestamp with time zone,
  CONSTRAINT code_number_link_pkey PRIMARY KEY (code_index, seq),
  CONSTRAINT code_number_link_check CHECK ((valid_to IS NULL) = (state = 'OPEN'::text)),
  CONSTRAINT code_number_link_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'CLOSED'::text]))
) PARTITION BY HASH (code_index);
CREATE INDEX code_number_link_closed_number ON code_number_link USING btree (number_index) WHERE state = 'CLOSED'::text;
CREATE UNIQUE INDEX code_number_link_open_code ON code_number_link USING btree (code_index) WHERE state = 'OPEN'::text;
CREATE UNIQUE INDEX code_number_link_open_number ON code_number_link USING btree (number_index, code_index) WHERE state = 'OPEN'::text;
CREATE TABLE code_number_link_00 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 0);
CREATE TABLE code_number_link_01 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 1);
CREATE TABLE code_number_link_02 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 2);
CREATE TABLE code_number_link_03 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 3);
CREATE TABLE code_number_link_04 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 4);
CREATE TABLE code_number_link_05 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 5);
CREATE TABLE code_number_link_06 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 6);
CREATE TABLE code_number_link_07 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 7);
CREATE TABLE code_number_link_08 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 8);
CREATE TABLE code_number_link_09 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 9);
CREATE TABLE code_number_link_10 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 10);
CREATE TABLE code_number_link_11 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 11);
CREATE TABLE code_number_link_12 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 12);
CREATE TABLE code_number_link_13 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 13);
CREATE TABLE code_number_link_14 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 14);
CREATE TABLE code_number_link_15 PARTITION OF code_number_link FOR VALUES WITH (modulus 16, remainder 15);

CREATE TABLE delivery_target (
  set_id uuid NOT NULL,
  "position" integer NOT NULL,
  household_ref text NOT NULL,
  line_in_household smallint NOT NULL,
  code bytea,
  person_key uuid,
  addressee bytea NOT NULL,
  temporary_address boolean NOT NULL,
  item_count smallint NOT NULL,
  CONSTRAINT delivery_target_pkey PRIMARY KEY (set_id, "position")
) PARTITION BY HASH (set_id);
CREATE UNIQUE INDEX delivery_target_person ON delivery_target USING btree (set_id, person_key) WHERE person_key IS NOT NULL;
CREATE TABLE delivery_target_00 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 0);
CREATE TABLE delivery_target_01 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 1);
CREATE TABLE delivery_target_02 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 2);
CREATE TABLE delivery_target_03 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 3);
CREATE TABLE delivery_target_04 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 4);
CREATE TABLE delivery_target_05 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 5);
CREATE TABLE delivery_target_06 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 6);
CREATE TABLE delivery_target_07 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 7);
CREATE TABLE delivery_target_08 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 8);
CREATE TABLE delivery_target_09 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 9);
CREATE TABLE delivery_target_10 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 10);
CREATE TABLE delivery_target_11 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 11);
CREATE TABLE delivery_target_12 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 12);
CREATE TABLE delivery_target_13 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 13);
CREATE TABLE delivery_target_14 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 14);
CREATE TABLE delivery_target_15 PARTITION OF delivery_target FOR VALUES WITH (modulus 16, remainder 15);

CREATE TABLE delivery_target_fault (
  set_id uuid NOT NULL,
  "position" integer NOT NULL,
  field text NOT NULL,
  code text NOT NULL,
  CONSTRAINT delivery_target_fault_pkey PRIMARY KEY (set_id, "position", field)
);

CREATE TABLE delivery_target_set (
  set_id uuid NOT NULL,
  municipality_code text NOT NULL,
  base_date date NOT NULL,
  state text NOT NULL,
  rows integer,
  sha256 text,
  job_id uuid,
  households integer,
  persons integer,
  faults integer,
  received_at timestamp with time zone NOT NULL,
  handed_at timestamp with time zone,
  returned integer DEFAULT 0 NOT NULL,
  settled integer DEFAULT 0 NOT NULL,
  CONSTRAINT delivery_target_set_pkey PRIMARY KEY (set_id),
  CONSTRAINT delivery_target_set_state_check CHECK (state = ANY (ARRAY['COLLECTING'::text, 'CUT_OFF'::text, 'CHECKED'::text, 'HANDED_TO_CARD'::text, 'RETURNED_ITEMS'::text, 'CLOSED'::text]))
);
CREATE INDEX delivery_target_set_municipality ON delivery_target_set USING btree (municipality_code, received_at);

CREATE TABLE difference_line (
  run_id uuid NOT NULL,
  line integer NOT NULL,
  code bytea NOT NULL,
  code_index bytea NOT NULL,
  situation text NOT NULL,
  since date NOT NULL,
  CONSTRAINT difference_line_pkey PRIMARY KEY (run_id, line)
);

CREATE TABLE difference_run (
  run_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  lines integer,
  sha256 text,
  linked integer DEFAULT 0 NOT NULL,
  to_number integer DEFAULT 0 NOT NULL,
  waiting integer DEFAULT 0 NOT NULL,
  deleted integer DEFAULT 0 NOT NULL,
  batch_id uuid,
  received_at timestamp with time zone NOT NULL,
  compared_at timestamp with time zone,
  CONSTRAINT difference_run_pkey PRIMARY KEY (run_id),
  CONSTRAINT difference_run_state_check CHECK (state = ANY (ARRAY['COLLECTING'::text, 'OPEN'::text, 'DONE'::text, 'SUPERSEDED'::text]))
);
CREATE INDEX difference_run_unfinished ON difference_run USING btree (municipality_code, sha256) WHERE state = ANY (ARRAY['COLLECTING'::text, 'OPEN'::text]);

CREATE TABLE dispute (
  dispute_id uuid NOT NULL,
  kind text NOT NULL,
  person_keys uuid[] NOT NULL,
  state text NOT NULL,
  kept uuid,
  proposed_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT dispute_pkey PRIMARY KEY (dispute_id),
  CONSTRAINT dispute_kind_check CHECK (kind = ANY (ARRAY['SHARED_NUMBER'::text, 'TWO_NUMBERS'::text])),
  CONSTRAINT dispute_state_check CHECK (state = ANY (ARRAY['PROPOSED'::text, 'OPEN'::text, 'RESOLUTION_PROPOSED'::text, 'RESOLVED'::text]))
);

CREATE TABLE exchange_certificate (
  municipality_code text NOT NULL,
  fingerprint bytea NOT NULL,
  certificate bytea NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  withdrawn_at timestamp with time zone,
  withdrawn_by text,
  withdrawal_ref text,
  in_clear boolean DEFAULT false NOT NULL,
  CONSTRAINT exchange_certificate_pkey PRIMARY KEY (municipality_code, fingerprint)
);

CREATE TABLE exchange_key (
  number integer NOT NULL,
  private_key bytea NOT NULL,
  certificate bytea NOT NULL,
  not_after timestamp with time zone NOT NULL,
  CONSTRAINT exchange_key_pkey PRIMARY KEY (number)
);

CREATE TABLE generation_batch (
  batch_id uuid NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  upload_id uuid,
  lines integer,
  sha256 text,
  job_id uuid,
  designated integer DEFAULT 0 NOT NULL,
  repeated integer DEFAULT 0 NOT NULL,
  refused integer DEFAULT 0 NOT NULL,
  rounds integer DEFAULT 0 NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  sealed_at timestamp with time zone,
  delivered_at timestamp with time zone,
  designated_at timestamp with time zone,
  confirmed_at timestamp with time zone,
  CONSTRAINT generation_batch_pkey PRIMARY KEY (batch_id),
  CONSTRAINT generation_batch_state_check CHECK (state = ANY (ARRAY['OPEN'::text, 'SEALED'::text, 'VALIDATED'::text, 'DRAWING'::text, 'DRAWN'::text, 'RECONCILED'::text, 'DELIVERED'::text, 'CONFIRMED'::text, 'REJECTED'::text, 'SUSPENDED'::text]))
);
CREATE INDEX generation_batch_municipality ON generation_batch USING btree (municipality_code, opened_at);
CREATE INDEX generation_batch_sealed ON generation_batch USING btree (sealed_at) WHERE sealed_at IS NOT NULL;
CREATE INDEX generation_batch_tentative ON generation_batch USING btree (confirmed_at) WHERE confirmed_at IS NOT NULL AND designated_at IS NULL;

CREATE TABLE held_request (
  held_id uuid NOT NULL,
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  person_key uuid NOT NULL,
  code bytea,
  state text NOT NULL,
  fault text,
  job_id uuid NOT NULL,
  held_until timestamp with time zone NOT NULL,
  settled_at timestamp with time zone,
  CONSTRAINT held_request_pkey PRIMARY KEY (held_id),
  CONSTRAINT held_request_municipality_code_request_id_key UNIQUE (municipality_code, request_id),
  CONSTRAINT held_request_check CHECK ((fault IS NULL) = (state <> 'REFUSED'::text)),
  CONSTRAINT held_request_check1 CHECK ((settled_at IS NULL) = (state = 'HELD'::text)),
  CONSTRAINT held_request_check2 CHECK ((code IS NULL) = (state <> 'HELD'::text)),
  CONSTRAINT held_request_municipality_code_check CHECK (municipality_code ~ '^[0-9]{6}$'::text),
  CONSTRAINT held_request_state_check CHECK (state = ANY (ARRAY['HELD'::text, 'ANSWERED'::text, 'REFUSED'::text]))
);

CREATE TABLE key_ceremony (
  ceremony_id uuid NOT NULL,
  origin text NOT NULL,
  state text NOT NULL,
  held_on date NOT NULL,
  custody text NOT NULL,
  working boolean NOT NULL,
  custodians jsonb NOT NULL,
  minutes text,
  minutes_by text,
  key_label text NOT NULL,
  key_check_value text,
  sealed_key bytea,
  activated_at timestamp with time zone,
  rotated_at timestamp with time zone,
  destruction_by text,
  version integer NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  training boolean DEFAULT false NOT NULL,
  restorations jsonb DEFAULT '[]'::jsonb NOT NULL,
  CONSTRAINT key_ceremony_pkey PRIMARY KEY (ceremony_id),
  CONSTRAINT key_ceremony_key_label_key UNIQUE (key_label),
  CONSTRAINT key_ceremony_check CHECK ((key_check_value IS NULL) = (state = ANY (ARRAY['PLANNED'::text, 'WITNESSED'::text]))),
  CONSTRAINT key_ceremony_check1 CHECK (sealed_key IS NULL OR (state = ANY (ARRAY['KEY_ACTIVE'::text, 'ROTATED'::text]))),
  CONSTRAINT key_ceremony_custody_check CHECK (custody = ANY (ARRAY['SOFTWARE'::text, 'PKCS11'::text])),
  CONSTRAINT key_ceremony_origin_check CHECK (origin = ANY (ARRAY['CEREMONY'::text, 'EMBEDDED_DEFAULT'::text])),
  CONSTRAINT key_ceremony_state_check CHECK (state = ANY (ARRAY['PLANNED'::text, 'WITNESSED'::text, 'KEY_ACTIVE'::text, 'ROTATED'::text, 'DESTROYED'::text]))
);
CREATE UNIQUE INDEX key_ceremony_active ON key_ceremony USING btree (state) WHERE state = 'KEY_ACTIVE'::text;

CREATE TABLE key_certificate (
  ceremony_id uuid NOT NULL,
  certificate text NOT NULL,
  sha256 text NOT NULL,
  destroyed_at timestamp with time zone NOT NULL,
  CONSTRAINT key_certificate_pkey PRIMARY KEY (ceremony_id)
);
COMMENT ON TABLE key_certificate IS 'journal of the certificates of destroyed keys';

CREATE TABLE key_share (
  ceremony_id uuid NOT NULL,
  officer text NOT NULL,
  certificate text NOT NULL,
  sealed_share text,
  sha256 text,
  given bytea,
  CONSTRAINT key_share_pkey PRIMARY KEY (ceremony_id, officer),
  CONSTRAINT key_share_check CHECK ((sealed_share IS NULL) = (sha256 IS NULL))
);

CREATE TABLE ledger_catch_up (
  catch_up_id uuid NOT NULL,
  state text NOT NULL,
  source text NOT NULL,
  lines integer,
  sha256 text,
  never_issued bigint NOT NULL,
  unlinked integer DEFAULT 0 NOT NULL,
  proposed_by text NOT NULL,
  confirmed_by text,
  received_at timestamp with time zone NOT NULL,
  CONSTRAINT ledger_catch_up_pkey PRIMARY KEY (catch_up_id),
  CONSTRAINT ledger_catch_up_source_check CHECK (source = ANY (ARRAY['DELAYED_REPLICA'::text, 'MUNICIPAL_RECEIPTS'::text])),
  CONSTRAINT ledger_catch_up_state_check CHECK (state = ANY (ARRAY['COLLECTING'::text, 'PROPOSED'::text, 'RUNNING'::text, 'DONE'::text]))
);

CREATE TABLE ledger_catch_up_line (
  catch_up_id uuid NOT NULL,
  line integer NOT NULL,
  number bytea NOT NULL,
  code bytea,
  assignment_id uuid,
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  generated_at timestamp with time zone NOT NULL,
  seq smallint DEFAULT 0 NOT NULL,
  state text DEFAULT ''::text NOT NULL,
  CONSTRAINT ledger_catch_up_line_pkey PRIMARY KEY (catch_up_id, line)
);

CREATE TABLE ledger_head (
  ledger_id uuid DEFAULT gen_random_uuid() NOT NULL,
  drawn bigint NOT NULL,
  never_issued bigint DEFAULT 0 NOT NULL,
  mark uuid DEFAULT gen_random_uuid() NOT NULL,
  one_row boolean DEFAULT true NOT NULL,
  CONSTRAINT ledger_head_pkey PRIMARY KEY (ledger_id),
  CONSTRAINT ledger_head_one_row_key UNIQUE (one_row),
  CONSTRAINT ledger_head_one_row_check CHECK (one_row)
);

CREATE TABLE ledger_list (
  list_id uuid NOT NULL,
  since timestamp with time zone NOT NULL,
  reason text NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  CONSTRAINT ledger_list_pkey PRIMARY KEY (list_id)
);
COMMENT ON TABLE ledger_list IS 'journal of who had drawn numbers read out of a copy';

CREATE TABLE link_read (
  client text NOT NULL,
  at timestamp with time zone NOT NULL,
  read_id uuid NOT NULL,
  people text[] NOT NULL,
  released_by text,
  CONSTRAINT link_read_pkey PRIMARY KEY (client, at, read_id)
);
COMMENT ON TABLE link_read IS 'journal of reads of the code-number link';

CREATE TABLE number_ledger (
  base11 bigint NOT NULL,
  CONSTRAINT number_ledger_pkey PRIMARY KEY (base11),
  CONSTRAINT number_ledger_base11_check CHECK (base11 >= 0 AND base11 <= '99999999999'::bigint)
) PARTITION BY RANGE (base11);
COMMENT ON TABLE number_ledger IS 'journal of the numbers that were ever drawn; never shrinks';
CREATE TABLE number_ledger_00 PARTITION OF number_ledger FOR VALUES FROM ('0') TO ('5000000000');
CREATE TABLE number_ledger_01 PARTITION OF number_ledger FOR VALUES FROM ('5000000000') TO ('10000000000');
CREATE TABLE number_ledger_02 PARTITION OF number_ledger FOR VALUES FROM ('10000000000') TO ('15000000000');
CREATE TABLE number_ledger_03 PARTITION OF number_ledger FOR VALUES FROM ('15000000000') TO ('20000000000');
CREATE TABLE number_ledger_04 PARTITION OF number_ledger FOR VALUES FROM ('20000000000') TO ('25000000000');
CREATE TABLE number_ledger_05 PARTITION OF number_ledger FOR VALUES FROM ('25000000000') TO ('30000000000');
CREATE TABLE number_ledger_06 PARTITION OF number_ledger FOR VALUES FROM ('30000000000') TO ('35000000000');
CREATE TABLE number_ledger_07 PARTITION OF number_ledger FOR VALUES FROM ('35000000000') TO ('40000000000');
CREATE TABLE number_ledger_08 PARTITION OF number_ledger FOR VALUES FROM ('40000000000') TO ('45000000000');
CREATE TABLE number_ledger_09 PARTITION OF number_ledger FOR VALUES FROM ('45000000000') TO ('50000000000');
CREATE TABLE number_ledger_10 PARTITION OF number_ledger FOR VALUES FROM ('50000000000') TO ('55000000000');
CREATE TABLE number_ledger_11 PARTITION OF number_ledger FOR VALUES FROM ('55000000000') TO ('60000000000');
CREATE TABLE number_ledger_12 PARTITION OF number_ledger FOR VALUES FROM ('60000000000') TO ('65000000000');
CREATE TABLE number_ledger_13 PARTITION OF number_ledger FOR VALUES FROM ('65000000000') TO ('70000000000');
CREATE TABLE number_ledger_14 PARTITION OF number_ledger FOR VALUES FROM ('70000000000') TO ('75000000000');
CREATE TABLE number_ledger_15 PARTITION OF number_ledger FOR VALUES FROM ('75000000000') TO ('80000000000');
CREATE TABLE number_ledger_16 PARTITION OF number_ledger FOR VALUES FROM ('80000000000') TO ('85000000000');
CREATE TABLE number_ledger_17 PARTITION OF number_ledger FOR VALUES FROM ('85000000000') TO ('90000000000');
CREATE TABLE number_ledger_18 PARTITION OF number_ledger FOR VALUES FROM ('90000000000') TO ('95000000000');
CREATE TABLE number_ledger_19 PARTITION OF number_ledger FOR VALUES FROM ('95000000000') TO ('100000000000');

CREATE TABLE officer_read (
  client text NOT NULL,
  officer text NOT NULL,
  at timestamp with time zone NOT NULL,
  read_id uuid NOT NULL,
  person text NOT NULL,
  CONSTRAINT officer_read_pkey PRIMARY KEY (client, officer, at, read_id)
);
COMMENT ON TABLE officer_read IS 'journal of links asked for by officers';

CREATE TABLE person_standing (
  person_key uuid NOT NULL,
  fact_version bigint NOT NULL,
  life text NOT NULL,
  code_version bigint NOT NULL,
  code_followed bigint DEFAULT 0 NOT NULL,
  settled boolean NOT NULL,
  CONSTRAINT person_standing_pkey PRIMARY KEY (person_key),
  CONSTRAINT person_standing_life_check CHECK (life = ANY (ARRAY['PRESENT'::text, 'AWAY'::text, 'DEAD'::text]))
);
CREATE INDEX person_standing_code ON person_standing USING btree (person_key) WHERE code_version > code_followed;
CREATE INDEX person_standing_unsettled ON person_standing USING btree (person_key) WHERE NOT settled;

CREATE TABLE production_batch (
  batch_id uuid NOT NULL,
  records integer NOT NULL,
  CONSTRAINT production_batch_pkey PRIMARY KEY (batch_id)
);

CREATE TABLE readiness_board (
  municipality_code text NOT NULL,
  version integer NOT NULL,
  CONSTRAINT readiness_board_pkey PRIMARY KEY (municipality_code)
);

CREATE TABLE readiness_item (
  municipality_code text NOT NULL,
  milestone text NOT NULL,
  state text NOT NULL,
  due_on date NOT NULL,
  evidence text,
  blocker_ticket_id uuid,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT readiness_item_pkey PRIMARY KEY (municipality_code, milestone),
  CONSTRAINT readiness_item_check CHECK (evidence IS NOT NULL OR state <> 'DONE'::text),
  CONSTRAINT readiness_item_check1 CHECK ((blocker_ticket_id IS NOT NULL) = (state = 'BLOCKED'::text)),
  CONSTRAINT readiness_item_state_check CHECK (state = ANY (ARRAY['NOT_STARTED'::text, 'IN_PROGRESS'::text, 'DONE'::text, 'BLOCKED'::text]))
);
CREATE INDEX readiness_item_blocker ON readiness_item USING btree (blocker_ticket_id) WHERE blocker_ticket_id IS NOT NULL;

CREATE TABLE red_list (
  list_id uuid NOT NULL,
  prefecture_code text NOT NULL,
  week date NOT NULL,
  entries jsonb NOT NULL,
  made_at timestamp with time zone NOT NULL,
  CONSTRAINT red_list_pkey PRIMARY KEY (list_id),
  CONSTRAINT red_list_week_prefecture_code_key UNIQUE (week, prefecture_code),
  CONSTRAINT red_list_prefecture_code_check CHECK (prefecture_code ~ '^[0-9]{2}$'::text)
);
COMMENT ON TABLE red_list IS 'journal of the lists that prefectures were given';
CREATE INDEX red_list_of_prefecture ON red_list USING btree (prefecture_code, week);

CREATE TABLE ticket_link (
  ticket_id uuid NOT NULL,
  batch_id uuid,
  wave_id uuid,
  municipality_code text,
  blocks_wave boolean NOT NULL,
  linked_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  category text,
  assignment_id uuid,
  ministry_reference text,
  CONSTRAINT ticket_link_pkey PRIMARY KEY (ticket_id),
  CONSTRAINT ticket_link_check CHECK ((wave_id IS NULL) <> (municipality_code IS NULL))
);
CREATE INDEX ticket_link_blocking ON ticket_link USING btree (municipality_code, wave_id) WHERE blocks_wave AND resolved_at IS NULL;

CREATE TABLE uniqueness_number (
  run_id uuid NOT NULL,
  base11 bigint NOT NULL,
  owner bytea NOT NULL,
  open boolean NOT NULL
);
CREATE INDEX uniqueness_number_order ON uniqueness_number USING btree (run_id, base11);

CREATE TABLE uniqueness_run (
  run_id uuid NOT NULL,
  state text NOT NULL,
  job_id uuid NOT NULL,
  ledger_rows bigint DEFAULT 0 NOT NULL,
  link_rows bigint DEFAULT 0 NOT NULL,
  assignment_rows bigint DEFAULT 0 NOT NULL,
  violations jsonb DEFAULT '{}'::jsonb NOT NULL,
  clearance_by text,
  cleared_by text,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  CONSTRAINT uniqueness_run_pkey PRIMARY KEY (run_id),
  CONSTRAINT uniqueness_run_state_check CHECK (state = ANY (ARRAY['RUNNING'::text, 'CLEAN'::text, 'VIOLATED'::text, 'CLEARED'::text]))
);
CREATE UNIQUE INDEX uniqueness_run_generator ON uniqueness_run USING btree (state) WHERE state = 'VIOLATED'::text AND violations ? 'GENERATOR_FAULT'::text;
CREATE INDEX uniqueness_run_halting ON uniqueness_run USING btree (run_id) WHERE state = 'VIOLATED'::text;

CREATE TABLE verification_count (
  client text NOT NULL,
  hour timestamp with time zone NOT NULL,
  asked integer NOT NULL,
  missed integer NOT NULL,
  CONSTRAINT verification_count_pkey PRIMARY KEY (client)
);

CREATE TABLE wave (
  wave_id uuid NOT NULL,
  "position" integer NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  halted_from text,
  halt_cause text,
  resumed_by text,
  version integer NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT wave_pkey PRIMARY KEY (wave_id),
  CONSTRAINT wave_position_key UNIQUE ("position"),
  CONSTRAINT wave_check CHECK ((halted_from IS NOT NULL) = (state = 'HALTED'::text)),
  CONSTRAINT wave_check1 CHECK ((halt_cause IS NOT NULL) = (state = 'HALTED'::text)),
  CONSTRAINT wave_check2 CHECK (resumed_by IS NULL OR state = 'HALTED'::text),
  CONSTRAINT wave_kind_check CHECK (kind = ANY (ARRAY['PILOT'::text, 'SIZE_CLASS'::text, 'DESIGNATED_CITY'::text])),
  CONSTRAINT wave_state_check CHECK (state = ANY (ARRAY['PLANNED'::text, 'OPEN'::text, 'RUNNING'::text, 'RECONCILED'::text, 'SIGNED_OFF'::text, 'HALTED'::text]))
);

CREATE TABLE wave_batch (
  batch_id uuid NOT NULL,
  wave_id uuid NOT NULL,
  municipality_code text NOT NULL,
  ward_code text NOT NULL,
  kind text NOT NULL,
  CONSTRAINT wave_batch_pkey PRIMARY KEY (batch_id),
  CONSTRAINT wave_batch_kind_check CHECK (kind = ANY (ARRAY['MASS'::text, 'DIFFERENCE'::text]))
);
CREATE INDEX wave_batch_wave ON wave_batch USING btree (wave_id, municipality_code);

CREATE TABLE wave_member (
  municipality_code text NOT NULL,
  ward_code text NOT NULL,
  wave_id uuid NOT NULL,
  expected integer NOT NULL,
  CONSTRAINT wave_member_pkey PRIMARY KEY (municipality_code, ward_code)
);
CREATE INDEX wave_member_wave ON wave_member USING btree (wave_id, municipality_code);

CREATE TABLE wave_sign_off (
  wave_id uuid NOT NULL,
  municipality_code text NOT NULL,
  certificate text NOT NULL,
  sha256 text NOT NULL,
  signed_at timestamp with time zone NOT NULL,
  CONSTRAINT wave_sign_off_pkey PRIMARY KEY (wave_id, municipality_code)
);
COMMENT ON TABLE wave_sign_off IS 'journal of the certificates of completion, as the municipalities signed them';
