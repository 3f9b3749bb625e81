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
  CONSTRAINT assignment_pkey PRIMARY KEY (person_key, generation),
  CONSTRAINT assignment_check CHECK ((batch_id IS NULL) = (line IS NULL)),
  CONSTRAINT assignment_state_check CHECK (state = ANY (ARRAY['REQUESTED'::text, 'GENERATED'::text, 'TENTATIVE'::text, 'DELIVERED'::text, 'DESIGNATED'::text, 'SUPERSEDED'::text, 'DORMANT'::text, 'CLOSED'::text, 'DISPUTED'::text, 'VOID'::text]))
) PARTITION BY HASH (person_key);
CREATE INDEX assignment_batch ON assignment USING btree (batch_id, line) WHERE batch_id IS NOT NULL;
CREATE INDEX assignment_request ON assignment USING btree (municipality_code, request_id) WHERE batch_id IS NULL;
CREATE INDEX assignment_tentative ON assignment USING btree (generated_at) WHERE state = 'TENTATIVE'::text;
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
  CONSTRAINT batch_line_pkey PRIMARY KEY (batch_id, line)
);

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
  CONSTRAINT delivery_target_set_pkey PRIMARY KEY (set_id),
  CONSTRAINT delivery_target_set_state_check CHECK (state = ANY (ARRAY['COLLECTING'::text, 'CUT_OFF'::text, 'CHECKED'::text, 'HANDED_TO_CARD'::text, 'RETURNED_ITEMS'::text, 'CLOSED'::text]))
);
CREATE INDEX delivery_target_set_municipality ON delivery_target_set USING btree (municipality_code, received_at);

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
