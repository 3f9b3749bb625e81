CREATE TABLE statement (
  id uuid PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  registration_id uuid NOT NULL,
  session_id uuid NOT NULL,
  verb text NOT NULL,
  activity text NOT NULL,
  stored timestamptz NOT NULL,
  hash bytea NOT NULL,
  counts boolean NOT NULL,
  body text NOT NULL
);
CREATE INDEX statement_of_registration ON statement (registration_id, seq);
COMMENT ON TABLE statement IS 'journal of what was stated (xAPI), by `seq` in the order of storing; without `counts` outside of the period of its registration';
