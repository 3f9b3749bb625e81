-- People whose number was replaced, and how often; everybody else has the first one.
CREATE TABLE number_version (
  person_key    uuid PRIMARY KEY,
  version       integer NOT NULL,
  assignment_id uuid NOT NULL
);
