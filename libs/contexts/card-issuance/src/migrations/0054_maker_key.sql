-- Certificates under whose keys makers receive their files; a batch fixes one when it is sealed (CARD-4.4).
CREATE TABLE maker_key (
  key_id        text PRIMARY KEY,
  maker         text NOT NULL,
  certificate   bytea NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamptz NOT NULL
);
CREATE INDEX maker_key_maker ON maker_key (maker, registered_at);
