-- gateway: the schema that the migrations lead to. Written by `npm run golden`.

CREATE TABLE oidc_payload (
  model text NOT NULL,
  id text NOT NULL,
  payload jsonb NOT NULL,
  grant_id text,
  uid text,
  user_code text,
  consumed_at timestamp with time zone,
  expires_at timestamp with time zone,
  CONSTRAINT oidc_payload_pkey PRIMARY KEY (model, id)
);
CREATE INDEX oidc_payload_expiry ON oidc_payload USING btree (expires_at);
CREATE INDEX oidc_payload_grant ON oidc_payload USING btree (grant_id) WHERE grant_id IS NOT NULL;
