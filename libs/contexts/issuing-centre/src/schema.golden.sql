-- issuing-centre: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE binding_mismatch (
  request_id text NOT NULL,
  municipality_code text NOT NULL,
  type text NOT NULL,
  faults text[] NOT NULL,
  evidence bytea,
  at timestamp with time zone NOT NULL,
  CONSTRAINT binding_mismatch_pkey PRIMARY KEY (request_id),
  CONSTRAINT binding_mismatch_request_id_fkey FOREIGN KEY (request_id) REFERENCES certificate_request(id)
);
CREATE INDEX binding_mismatch_kept ON binding_mismatch USING btree (at) WHERE evidence IS NOT NULL;

CREATE TABLE certificate_content (
  request_id text NOT NULL,
  sealed bytea NOT NULL,
  CONSTRAINT certificate_content_pkey PRIMARY KEY (request_id),
  CONSTRAINT certificate_content_request_id_fkey FOREIGN KEY (request_id) REFERENCES certificate_request(id)
);

CREATE TABLE certificate_request (
  id text NOT NULL,
  operator text NOT NULL,
  kiosk_id text NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  version integer NOT NULL,
  nonce bytea NOT NULL,
  nonce_used_at timestamp with time zone,
  serial text,
  card_serial text,
  access text,
  resident_key bytea,
  type text,
  options text[] DEFAULT '{}'::text[] NOT NULL,
  copies integer,
  price_yen integer,
  page_count integer,
  printed_copies integer DEFAULT 0 NOT NULL,
  payment_ref text,
  reason text,
  deadline timestamp with time zone,
  opened_at timestamp with time zone NOT NULL,
  paid_at timestamp with time zone,
  sent_at timestamp with time zone,
  printed_at timestamp with time zone,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT certificate_request_pkey PRIMARY KEY (id),
  CONSTRAINT certificate_request_operator_kiosk_id_fkey FOREIGN KEY (operator, kiosk_id) REFERENCES kiosk(operator, kiosk_id)
);
CREATE INDEX certificate_request_deadline ON certificate_request USING btree (deadline) WHERE deadline IS NOT NULL;
CREATE UNIQUE INDEX certificate_request_kiosk ON certificate_request USING btree (operator, kiosk_id) WHERE state <> ALL (ARRAY['ABANDONED'::text, 'REFUSED'::text, 'FAILED'::text, 'EXPIRED'::text, 'CLOSED'::text, 'REFUND_DUE'::text, 'REFUNDED'::text]);
CREATE INDEX certificate_request_municipality ON certificate_request USING btree (municipality_code, state, id);
CREATE INDEX certificate_request_printed ON certificate_request USING btree (printed_at) WHERE printed_copies > 0;

CREATE TABLE commission (
  operator text NOT NULL,
  valid_from date NOT NULL,
  yen integer NOT NULL,
  CONSTRAINT commission_pkey PRIMARY KEY (operator, valid_from),
  CONSTRAINT commission_operator_fkey FOREIGN KEY (operator) REFERENCES kiosk_operator(organisation),
  CONSTRAINT commission_yen_check CHECK (yen >= 0)
);

CREATE TABLE domicile_registration (
  id uuid NOT NULL,
  serial text NOT NULL,
  card_serial text NOT NULL,
  municipality_code text NOT NULL,
  state text NOT NULL,
  statement bytea,
  resident_key bytea,
  requested_at timestamp with time zone NOT NULL,
  decided_at timestamp with time zone,
  CONSTRAINT domicile_registration_pkey PRIMARY KEY (id),
  CONSTRAINT domicile_registration_serial_municipality_code_key UNIQUE (serial, municipality_code),
  CONSTRAINT domicile_registration_municipality_code_fkey FOREIGN KEY (municipality_code) REFERENCES municipal_server(municipality_code)
);
CREATE INDEX domicile_registration_card ON domicile_registration USING btree (card_serial);
CREATE INDEX domicile_registration_waiting ON domicile_registration USING btree (municipality_code, id) WHERE state = 'REQUESTED'::text;

CREATE TABLE fee (
  municipality_code text NOT NULL,
  type text NOT NULL,
  valid_from date NOT NULL,
  yen integer NOT NULL,
  CONSTRAINT fee_pkey PRIMARY KEY (municipality_code, type, valid_from),
  CONSTRAINT fee_municipality_code_fkey FOREIGN KEY (municipality_code) REFERENCES municipal_server(municipality_code),
  CONSTRAINT fee_yen_check CHECK (yen >= 0)
);

CREATE TABLE front_key (
  generation integer NOT NULL,
  kid text NOT NULL,
  label text NOT NULL,
  sealed bytea /* what the key store sealed; the signing key and the keys of images are computed from the key that it opens to */,
  public_key bytea NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT front_key_pkey PRIMARY KEY (generation),
  CONSTRAINT front_key_kid_key UNIQUE (kid)
);

CREATE TABLE journal_entry (
  source text NOT NULL,
  month text NOT NULL,
  request_id text NOT NULL,
  party text NOT NULL,
  type text NOT NULL,
  copies integer NOT NULL,
  amount_yen integer,
  CONSTRAINT journal_entry_pkey PRIMARY KEY (source, month, party, request_id)
);

CREATE TABLE kiosk (
  operator text NOT NULL,
  kiosk_id text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT kiosk_pkey PRIMARY KEY (operator, kiosk_id),
  CONSTRAINT kiosk_operator_fkey FOREIGN KEY (operator) REFERENCES kiosk_operator(organisation)
);

CREATE TABLE kiosk_operator (
  organisation text NOT NULL,
  name text NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT kiosk_operator_pkey PRIMARY KEY (organisation)
);

CREATE TABLE maintenance (
  id uuid NOT NULL,
  municipality_code text,
  from_at timestamp with time zone NOT NULL,
  until_at timestamp with time zone NOT NULL,
  CONSTRAINT maintenance_pkey PRIMARY KEY (id),
  CONSTRAINT maintenance_check CHECK (from_at < until_at)
);
CREATE INDEX maintenance_until ON maintenance USING btree (until_at);

CREATE TABLE municipal_server (
  municipality_code text NOT NULL,
  binding_key bytea NOT NULL,
  types text[] NOT NULL,
  register_from text NOT NULL,
  register_until text NOT NULL,
  failures timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
  down_since timestamp with time zone,
  tried_at timestamp with time zone,
  slow_at timestamp with time zone,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT municipal_server_pkey PRIMARY KEY (municipality_code)
);

CREATE TABLE protected_front (
  request_id text NOT NULL,
  municipality_code text NOT NULL,
  pdf_sha256 bytea NOT NULL,
  kid text NOT NULL,
  page_count integer NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  revoked_at timestamp with time zone,
  CONSTRAINT protected_front_pkey PRIMARY KEY (request_id),
  CONSTRAINT protected_front_kid_fkey FOREIGN KEY (kid) REFERENCES front_key(kid),
  CONSTRAINT protected_front_page_count_check CHECK (page_count > 0)
);

CREATE TABLE refund (
  request_id text NOT NULL,
  copies integer NOT NULL,
  amount_yen integer NOT NULL,
  is_deducted boolean NOT NULL,
  refunded_at timestamp with time zone NOT NULL,
  CONSTRAINT refund_pkey PRIMARY KEY (request_id),
  CONSTRAINT refund_request_id_fkey FOREIGN KEY (request_id) REFERENCES certificate_request(id)
);
CREATE INDEX refund_at ON refund USING btree (refunded_at) WHERE is_deducted;

CREATE TABLE resident_link (
  kind text NOT NULL,
  link_id text NOT NULL,
  municipality_code text NOT NULL,
  resident_key bytea NOT NULL,
  card_serial text,
  public_key bytea,
  linked_at timestamp with time zone NOT NULL,
  CONSTRAINT resident_link_pkey PRIMARY KEY (kind, link_id),
  CONSTRAINT resident_link_municipality_code_fkey FOREIGN KEY (municipality_code) REFERENCES municipal_server(municipality_code)
);
CREATE INDEX resident_link_card ON resident_link USING btree (card_serial);

CREATE TABLE settlement_difference (
  month text NOT NULL,
  request_id text NOT NULL,
  kind text NOT NULL,
  municipality_code text,
  operator text NOT NULL,
  centre integer,
  stated integer,
  CONSTRAINT settlement_difference_pkey PRIMARY KEY (month, request_id, kind, operator),
  CONSTRAINT settlement_difference_month_fkey FOREIGN KEY (month) REFERENCES settlement_run(month)
);

CREATE TABLE settlement_line (
  month text NOT NULL,
  municipality_code text NOT NULL,
  operator text NOT NULL,
  type text NOT NULL,
  printed integer NOT NULL,
  fee_yen bigint NOT NULL,
  commission_yen bigint NOT NULL,
  refunds_yen bigint NOT NULL,
  CONSTRAINT settlement_line_pkey PRIMARY KEY (month, municipality_code, operator, type),
  CONSTRAINT settlement_line_month_fkey FOREIGN KEY (month) REFERENCES settlement_run(month)
);

CREATE TABLE settlement_run (
  month text NOT NULL,
  run integer NOT NULL,
  differences integer NOT NULL,
  made_at timestamp with time zone NOT NULL,
  CONSTRAINT settlement_run_pkey PRIMARY KEY (month)
);

CREATE UNLOGGED TABLE shown_front (
  token_hash bytea NOT NULL,
  image bytea NOT NULL /* encrypted */,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT shown_front_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX shown_front_expiry ON shown_front USING btree (expires_at);

CREATE TABLE type_block (
  municipality_code text NOT NULL,
  type text NOT NULL,
  request_id text NOT NULL,
  blocked_at timestamp with time zone NOT NULL,
  release_asked_by text,
  CONSTRAINT type_block_pkey PRIMARY KEY (municipality_code, type)
);

CREATE UNLOGGED TABLE verification_use (
  client bytea NOT NULL /* keyed hash of the address */,
  since timestamp with time zone NOT NULL,
  used integer NOT NULL,
  CONSTRAINT verification_use_pkey PRIMARY KEY (client)
);
CREATE INDEX verification_use_since ON verification_use USING btree (since);

CREATE SEQUENCE certificate_request_no AS bigint;
