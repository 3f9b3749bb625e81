CREATE TABLE type_block (
  municipality_code text NOT NULL,
  type text NOT NULL,
  -- The first request whose answer was another's.
  request_id text NOT NULL,
  blocked_at timestamptz NOT NULL,
  release_asked_by text,
  PRIMARY KEY (municipality_code, type)
);
