-- juki-net: the schema that the migrations lead to. Written by `npm run golden`.

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
  CONSTRAINT change_notice_pkey PRIMARY KEY (municipality_code, person_key, person_seq)
) PARTITION BY HASH (municipality_code);
CREATE INDEX change_notice_held ON change_notice USING btree (person_key) WHERE state = 'HELD'::text;
CREATE INDEX change_notice_id ON change_notice USING btree (notice_id);
CREATE TABLE change_notice_0 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE change_notice_1 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE change_notice_2 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE change_notice_3 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE change_notice_4 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE change_notice_5 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE change_notice_6 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE change_notice_7 PARTITION OF change_notice FOR VALUES WITH (modulus 8, remainder 7);

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
CREATE TABLE person_0 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE person_1 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE person_2 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE person_3 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE person_4 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE person_5 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE person_6 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE person_7 PARTITION OF person FOR VALUES WITH (modulus 8, remainder 7);

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
  CONSTRAINT provision_grant_pkey PRIMARY KEY (grant_id),
  CONSTRAINT provision_grant_state_check CHECK (state = ANY (ARRAY['DRAFT'::text, 'APPROVED'::text, 'SUSPENDED'::text, 'ENDED'::text]))
);

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
  CONSTRAINT segment_pkey PRIMARY KEY (person_key, municipality_code, stay)
) PARTITION BY HASH (person_key);
CREATE INDEX segment_four_items ON segment USING btree (birth_date, name_kana_folded, name_kanji_key);
CREATE TABLE segment_0 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 0);
CREATE TABLE segment_1 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 1);
CREATE TABLE segment_2 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 2);
CREATE TABLE segment_3 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 3);
CREATE TABLE segment_4 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 4);
CREATE TABLE segment_5 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 5);
CREATE TABLE segment_6 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 6);
CREATE TABLE segment_7 PARTITION OF segment FOR VALUES WITH (modulus 8, remainder 7);

CREATE TABLE support_measure (
  person_key uuid NOT NULL,
  measure_id uuid NOT NULL,
  municipality_code text NOT NULL,
  grounds text NOT NULL,
  starts_on date NOT NULL,
  ends_on date NOT NULL,
  registered_at timestamp with time zone NOT NULL,
  CONSTRAINT support_measure_pkey PRIMARY KEY (person_key, measure_id)
);

CREATE TABLE use_record (
  at timestamp with time zone NOT NULL,
  use_id uuid NOT NULL,
  person_key uuid NOT NULL,
  grant_id uuid NOT NULL,
  organisation text NOT NULL,
  affair text NOT NULL,
  mode text NOT NULL,
  key_kind text NOT NULL,
  items text[] NOT NULL,
  result_code text NOT NULL,
  correlation_id text NOT NULL,
  CONSTRAINT use_record_pkey PRIMARY KEY (person_key, at, use_id)
) PARTITION BY RANGE (at);
COMMENT ON TABLE use_record IS 'journal of provisions of identity information';
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
