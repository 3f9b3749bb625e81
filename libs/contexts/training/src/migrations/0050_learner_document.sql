CREATE TABLE learner_document (
  kind text NOT NULL,
  owner text NOT NULL,
  activity text NOT NULL,
  name text NOT NULL,
  content_type text NOT NULL,
  content bytea NOT NULL,
  etag text NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (kind, owner, activity, name)
);
COMMENT ON COLUMN learner_document.owner IS 'STATE: registration; PROFILE: account of the learner';
