-- municipal-issuer: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE municipality (
  municipality_code text NOT NULL,
  name text NOT NULL,
  mayor text NOT NULL,
  seal bytea NOT NULL /* encrypted: the image of the official seal */,
  served text[] NOT NULL,
  options text[] NOT NULL,
  binding_key bytea NOT NULL /* encrypted: shared with the issuing centre (CARD-4.15) */,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT municipality_pkey PRIMARY KEY (municipality_code)
);

CREATE TABLE record (
  municipality_code text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  version integer NOT NULL,
  household text,
  facts bytea /* encrypted; null once withdrawn */,
  changed_at timestamp with time zone NOT NULL,
  CONSTRAINT record_pkey PRIMARY KEY (municipality_code, kind, key),
  CONSTRAINT record_municipality_code_fkey FOREIGN KEY (municipality_code) REFERENCES municipality(municipality_code),
  CONSTRAINT record_check CHECK (facts IS NULL OR (kind = 'RESIDENT'::text) = (household IS NOT NULL)),
  CONSTRAINT record_kind_check CHECK (kind = ANY (ARRAY['RESIDENT'::text, 'SEAL_REGISTRATION'::text, 'TAXATION'::text, 'FAMILY_REGISTER'::text, 'DOMICILE_USE'::text])),
  CONSTRAINT record_version_check CHECK (version > 0)
);
CREATE INDEX record_household ON record USING btree (municipality_code, household) WHERE household IS NOT NULL;

CREATE TABLE rendering (
  municipality_code text NOT NULL,
  request_id text NOT NULL,
  asked bytea NOT NULL /* SHA-256 of the parameters: the same id with others is refused */,
  type text NOT NULL,
  copies integer NOT NULL,
  page_count integer NOT NULL,
  pdf_sha256 bytea NOT NULL,
  issued_at timestamp with time zone NOT NULL,
  CONSTRAINT rendering_pkey PRIMARY KEY (municipality_code, request_id),
  CONSTRAINT rendering_municipality_code_fkey FOREIGN KEY (municipality_code) REFERENCES municipality(municipality_code),
  CONSTRAINT rendering_copies_check CHECK (copies >= 1 AND copies <= 10)
);
CREATE INDEX rendering_day ON rendering USING btree (municipality_code, issued_at, request_id);
