CREATE TABLE application (
  application_id    text PRIMARY KEY,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  channel           text NOT NULL,
  state             text NOT NULL,
  wish_sign         boolean NOT NULL,
  wish_auth         boolean NOT NULL,
  representative    boolean NOT NULL,
  photo_hash        bytea NOT NULL,
  codes             text[] NOT NULL DEFAULT '{}',
  refusal_proposed_by text,
  received_at       timestamptz NOT NULL,
  version           integer NOT NULL
);
-- One open application a person (CARD-4.3 DUPLICATE), also against two that arrive at once.
CREATE UNIQUE INDEX application_open ON application (person_key) WHERE state IN ('RECEIVED', 'UNDER_REVIEW', 'DEFICIENT', 'APPROVED', 'ORDERED');
CREATE INDEX application_approved ON application (municipality_code, application_id) WHERE state = 'APPROVED';
CREATE INDEX application_waiting ON application (municipality_code, application_id) WHERE state IN ('RECEIVED', 'UNDER_REVIEW');
