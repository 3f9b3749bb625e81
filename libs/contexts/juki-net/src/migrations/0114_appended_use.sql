-- The ids of uses that another context appended, with a keyed digest of what each said: of a person nothing is here.
CREATE TABLE appended_use (
  client    text NOT NULL,
  record_id uuid NOT NULL,
  digest    bytea NOT NULL,
  PRIMARY KEY (client, record_id)
);
COMMENT ON TABLE appended_use IS 'journal of the ids of appended uses';
