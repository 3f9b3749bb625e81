-- What the embedded OpenID provider has to remember, above all the assertions that were used (RFC 7523 section 3, jti).
CREATE TABLE oidc_payload (
  model      text NOT NULL,
  id         text NOT NULL,
  payload    jsonb NOT NULL,
  grant_id   text,
  uid        text,
  user_code  text,
  consumed_at timestamptz,
  expires_at timestamptz,
  PRIMARY KEY (model, id)
);
CREATE INDEX oidc_payload_expiry ON oidc_payload (expires_at);
CREATE INDEX oidc_payload_grant ON oidc_payload (grant_id) WHERE grant_id IS NOT NULL;
