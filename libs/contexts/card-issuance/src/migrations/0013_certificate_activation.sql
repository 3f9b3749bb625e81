-- Cards that were handed over while the certification authority was away (CARD-7): their certificates come into force later.
CREATE TABLE certificate_activation (
  card_serial text PRIMARY KEY,
  person_key  uuid NOT NULL,
  wish_sign   boolean NOT NULL,
  wish_auth   boolean NOT NULL,
  queued_at   timestamptz NOT NULL,
  done_at     timestamptz
);
CREATE INDEX certificate_activation_waiting ON certificate_activation (queued_at) WHERE done_at IS NULL;
