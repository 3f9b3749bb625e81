-- jpki-verifier: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE signature_confirmer (
  organisation text NOT NULL,
  verifier_id uuid NOT NULL,
  added_at timestamp with time zone NOT NULL,
  added_by text NOT NULL,
  CONSTRAINT signature_confirmer_pkey PRIMARY KEY (organisation)
);
CREATE INDEX signature_confirmer_group ON signature_confirmer USING btree (verifier_id);

CREATE TABLE statement_line (
  organisation text NOT NULL,
  month text NOT NULL,
  purpose text NOT NULL,
  mode text NOT NULL,
  definitive bigint NOT NULL,
  free bigint NOT NULL,
  amount_yen bigint NOT NULL,
  CONSTRAINT statement_line_pkey PRIMARY KEY (organisation, month, purpose, mode)
);
COMMENT ON TABLE statement_line IS 'journal of what statements say, by purpose and mode (JPKI 5)';

CREATE TABLE take_over (
  what text NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  CONSTRAINT take_over_pkey PRIMARY KEY (what)
);
COMMENT ON TABLE take_over IS 'journal of what was taken over from another context';

CREATE TABLE usage_statement (
  organisation text NOT NULL,
  month text NOT NULL,
  definitive bigint NOT NULL,
  amount_yen bigint NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  CONSTRAINT usage_statement_pkey PRIMARY KEY (organisation, month)
);
COMMENT ON TABLE usage_statement IS 'journal of the statements that verifiers were issued (JPKI 3.11)';

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
  provided_at timestamp with time zone,
  provided_by text,
  reason text,
  told integer NOT NULL,
  version bigint NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT verifier_pkey PRIMARY KEY (id)
);
CREATE INDEX verifier_certification ON verifier USING btree (certification_expiry) WHERE state = ANY (ARRAY['CERTIFIED'::text, 'RETURNED'::text, 'PRODUCTION'::text]);
CREATE INDEX verifier_granted ON verifier USING btree (organisation, granted_at);
CREATE UNIQUE INDEX verifier_organisation ON verifier USING btree (organisation) WHERE state <> ALL (ARRAY['ENDED'::text, 'LAPSED'::text]);
