-- issuing-centre: the schema that the migrations lead to. Written by `npm run golden`.

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

CREATE UNLOGGED TABLE shown_front (
  token_hash bytea NOT NULL,
  image bytea NOT NULL /* encrypted */,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT shown_front_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX shown_front_expiry ON shown_front USING btree (expires_at);

CREATE UNLOGGED TABLE verification_use (
  client bytea NOT NULL /* keyed hash of the address */,
  since timestamp with time zone NOT NULL,
  used integer NOT NULL,
  CONSTRAINT verification_use_pkey PRIMARY KEY (client)
);
CREATE INDEX verification_use_since ON verification_use USING btree (since);
