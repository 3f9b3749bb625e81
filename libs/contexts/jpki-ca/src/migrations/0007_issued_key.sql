CREATE TABLE issued_key (
  modulus_hash bytea PRIMARY KEY,
  issuance_request_id uuid NOT NULL
);
