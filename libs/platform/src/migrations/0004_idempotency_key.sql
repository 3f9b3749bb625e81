-- The answer is kept encrypted: it may hold what the command returned to the caller.
CREATE TABLE idempotency_key (
  client       text NOT NULL,
  action       text NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  answer       bytea,
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (client, action, key)
);
