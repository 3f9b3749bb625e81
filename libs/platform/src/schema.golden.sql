-- Every context: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE audit_line (
  at timestamp with time zone NOT NULL,
  id uuid NOT NULL,
  xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
  entry text NOT NULL,
  CONSTRAINT audit_line_pkey PRIMARY KEY (xid, id, at)
) PARTITION BY RANGE (at);
COMMENT ON TABLE audit_line IS 'journal of who did what to which object for which purpose';
CREATE TABLE audit_line_2015 PARTITION OF audit_line FOR VALUES FROM ('2015-01-01 00:00:00+00') TO ('2016-01-01 00:00:00+00');
CREATE TABLE audit_line_2016 PARTITION OF audit_line FOR VALUES FROM ('2016-01-01 00:00:00+00') TO ('2017-01-01 00:00:00+00');
CREATE TABLE audit_line_2017 PARTITION OF audit_line FOR VALUES FROM ('2017-01-01 00:00:00+00') TO ('2018-01-01 00:00:00+00');
CREATE TABLE audit_line_2018 PARTITION OF audit_line FOR VALUES FROM ('2018-01-01 00:00:00+00') TO ('2019-01-01 00:00:00+00');
CREATE TABLE audit_line_2019 PARTITION OF audit_line FOR VALUES FROM ('2019-01-01 00:00:00+00') TO ('2020-01-01 00:00:00+00');
CREATE TABLE audit_line_2020 PARTITION OF audit_line FOR VALUES FROM ('2020-01-01 00:00:00+00') TO ('2021-01-01 00:00:00+00');
CREATE TABLE audit_line_2021 PARTITION OF audit_line FOR VALUES FROM ('2021-01-01 00:00:00+00') TO ('2022-01-01 00:00:00+00');
CREATE TABLE audit_line_2022 PARTITION OF audit_line FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2023-01-01 00:00:00+00');
CREATE TABLE audit_line_2023 PARTITION OF audit_line FOR VALUES FROM ('2023-01-01 00:00:00+00') TO ('2024-01-01 00:00:00+00');
CREATE TABLE audit_line_2024 PARTITION OF audit_line FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2025-01-01 00:00:00+00');
CREATE TABLE audit_line_2025 PARTITION OF audit_line FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');
CREATE TABLE audit_line_2026 PARTITION OF audit_line FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
CREATE TABLE audit_line_2027 PARTITION OF audit_line FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2028-01-01 00:00:00+00');
CREATE TABLE audit_line_2028 PARTITION OF audit_line FOR VALUES FROM ('2028-01-01 00:00:00+00') TO ('2029-01-01 00:00:00+00');
CREATE TABLE audit_line_2029 PARTITION OF audit_line FOR VALUES FROM ('2029-01-01 00:00:00+00') TO ('2030-01-01 00:00:00+00');
CREATE TABLE audit_line_2030 PARTITION OF audit_line FOR VALUES FROM ('2030-01-01 00:00:00+00') TO ('2031-01-01 00:00:00+00');
CREATE TABLE audit_line_2031 PARTITION OF audit_line FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2032-01-01 00:00:00+00');
CREATE TABLE audit_line_2032 PARTITION OF audit_line FOR VALUES FROM ('2032-01-01 00:00:00+00') TO ('2033-01-01 00:00:00+00');
CREATE TABLE audit_line_2033 PARTITION OF audit_line FOR VALUES FROM ('2033-01-01 00:00:00+00') TO ('2034-01-01 00:00:00+00');
CREATE TABLE audit_line_2034 PARTITION OF audit_line FOR VALUES FROM ('2034-01-01 00:00:00+00') TO ('2035-01-01 00:00:00+00');
CREATE TABLE audit_line_2035 PARTITION OF audit_line FOR VALUES FROM ('2035-01-01 00:00:00+00') TO ('2036-01-01 00:00:00+00');
CREATE TABLE audit_line_2036 PARTITION OF audit_line FOR VALUES FROM ('2036-01-01 00:00:00+00') TO ('2037-01-01 00:00:00+00');
CREATE TABLE audit_line_2037 PARTITION OF audit_line FOR VALUES FROM ('2037-01-01 00:00:00+00') TO ('2038-01-01 00:00:00+00');
CREATE TABLE audit_line_2038 PARTITION OF audit_line FOR VALUES FROM ('2038-01-01 00:00:00+00') TO ('2039-01-01 00:00:00+00');
CREATE TABLE audit_line_2039 PARTITION OF audit_line FOR VALUES FROM ('2039-01-01 00:00:00+00') TO ('2040-01-01 00:00:00+00');
CREATE TABLE audit_line_2040 PARTITION OF audit_line FOR VALUES FROM ('2040-01-01 00:00:00+00') TO ('2041-01-01 00:00:00+00');
CREATE TABLE audit_line_2041 PARTITION OF audit_line FOR VALUES FROM ('2041-01-01 00:00:00+00') TO ('2042-01-01 00:00:00+00');
CREATE TABLE audit_line_2042 PARTITION OF audit_line FOR VALUES FROM ('2042-01-01 00:00:00+00') TO ('2043-01-01 00:00:00+00');
CREATE TABLE audit_line_2043 PARTITION OF audit_line FOR VALUES FROM ('2043-01-01 00:00:00+00') TO ('2044-01-01 00:00:00+00');
CREATE TABLE audit_line_2044 PARTITION OF audit_line FOR VALUES FROM ('2044-01-01 00:00:00+00') TO ('2045-01-01 00:00:00+00');
CREATE TABLE audit_line_2045 PARTITION OF audit_line FOR VALUES FROM ('2045-01-01 00:00:00+00') TO ('2046-01-01 00:00:00+00');
CREATE TABLE audit_line_other PARTITION OF audit_line DEFAULT;

CREATE TABLE audit_link (
  seq bigint NOT NULL,
  lines integer NOT NULL,
  xid xid8 NOT NULL,
  line_id uuid NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_link_pkey PRIMARY KEY (seq)
);
COMMENT ON TABLE audit_link IS 'journal: hash chain over audit_line; xid and line_id are those of the last line of a link';

CREATE TABLE cursor (
  name text NOT NULL,
  value text NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  CONSTRAINT cursor_pkey PRIMARY KEY (name)
);

CREATE TABLE dead_letter (
  id uuid NOT NULL,
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  subject text NOT NULL,
  event text NOT NULL,
  tries integer NOT NULL,
  fault text NOT NULL,
  failed_at timestamp with time zone NOT NULL,
  redriven_at timestamp with time zone,
  CONSTRAINT dead_letter_pkey PRIMARY KEY (id),
  CONSTRAINT dead_letter_consumer_event_id_key UNIQUE (consumer, event_id)
);

CREATE TABLE idempotency_key (
  client text NOT NULL,
  action text NOT NULL,
  key text NOT NULL,
  request_hash bytea NOT NULL,
  answer bytea,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT idempotency_key_pkey PRIMARY KEY (client, action, key)
);

CREATE TABLE inbox (
  consumer text NOT NULL,
  event_id uuid NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id)
);
COMMENT ON TABLE inbox IS 'journal of events taken in';

CREATE TABLE job (
  id uuid NOT NULL,
  kind text NOT NULL,
  owner text NOT NULL,
  state text NOT NULL,
  parameters jsonb NOT NULL,
  cursor jsonb,
  done bigint DEFAULT 0 NOT NULL,
  total bigint,
  result jsonb,
  fault text,
  tries integer DEFAULT 0 NOT NULL,
  lease_until timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  CONSTRAINT job_pkey PRIMARY KEY (id),
  CONSTRAINT job_state_check CHECK (state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'CANCELLED'::text]))
);
CREATE INDEX job_open ON job USING btree (created_at) WHERE state = ANY (ARRAY['QUEUED'::text, 'RUNNING'::text]);

CREATE TABLE master_key_check (
  only_row boolean DEFAULT true NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT master_key_check_pkey PRIMARY KEY (only_row),
  CONSTRAINT master_key_check_only_row_check CHECK (only_row)
);

CREATE TABLE outbox (
  "position" bigint GENERATED ALWAYS AS IDENTITY,
  event_id uuid NOT NULL,
  subject text NOT NULL,
  event text NOT NULL,
  CONSTRAINT outbox_pkey PRIMARY KEY ("position")
);

CREATE TABLE schema_migration (
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT schema_migration_pkey PRIMARY KEY (name)
);
