-- juki-card: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE commission (
  commission_id uuid NOT NULL,
  municipality_code text NOT NULL,
  population integer NOT NULL,
  population_on date NOT NULL,
  state text NOT NULL,
  ended_on date,
  changed_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT commission_pkey PRIMARY KEY (commission_id),
  CONSTRAINT commission_population_check CHECK (population >= 0 AND population <= 30000),
  CONSTRAINT commission_state_check CHECK (state = ANY (ARRAY['IN_FORCE'::text, 'ENDED'::text]))
);
CREATE UNIQUE INDEX commission_open ON commission USING btree (municipality_code) WHERE state = 'IN_FORCE'::text;

CREATE TABLE issuing_end (
  only_row boolean DEFAULT true NOT NULL,
  last_issuing_day date NOT NULL,
  number_card_start date NOT NULL,
  CONSTRAINT issuing_end_pkey PRIMARY KEY (only_row),
  CONSTRAINT issuing_end_check CHECK (number_card_start > last_issuing_day),
  CONSTRAINT issuing_end_only_row_check CHECK (only_row)
);

CREATE TABLE juki_card_order (
  order_id uuid NOT NULL,
  order_no text NOT NULL,
  municipality_code text NOT NULL,
  type text NOT NULL,
  face bytea NOT NULL,
  content_index bytea NOT NULL,
  expiry date NOT NULL,
  state text NOT NULL,
  reason text,
  card_no text,
  shipped_on date,
  person_key uuid,
  surrendered_on date,
  version integer NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT juki_card_order_pkey PRIMARY KEY (order_id),
  CONSTRAINT juki_card_order_card_no_key UNIQUE (card_no),
  CONSTRAINT juki_card_order_order_no_key UNIQUE (order_no),
  CONSTRAINT juki_card_order_type_check CHECK (type = ANY (ARRAY['A'::text, 'B'::text]))
);
CREATE INDEX juki_card_order_accepted ON juki_card_order USING btree (order_no) WHERE state = 'ACCEPTED'::text;
CREATE INDEX juki_card_order_municipality ON juki_card_order USING btree (municipality_code, order_no);
CREATE INDEX juki_card_order_person ON juki_card_order USING btree (person_key) WHERE person_key IS NOT NULL AND surrendered_on IS NULL;
CREATE INDEX juki_card_order_requested ON juki_card_order USING btree (order_no) WHERE state = 'REQUESTED'::text;
