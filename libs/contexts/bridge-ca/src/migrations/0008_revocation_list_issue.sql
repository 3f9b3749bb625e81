CREATE TABLE revocation_list_issue (
  authority_id text NOT NULL,
  list text NOT NULL,
  number int NOT NULL,
  generation int NOT NULL,
  state text NOT NULL CHECK (state IN ('PUBLISHED', 'SUPERSEDED', 'FAILED')),
  fault text,
  this_update timestamptz NOT NULL,
  next_update timestamptz NOT NULL,
  cutoff timestamptz NOT NULL,
  entry_count int NOT NULL,
  sha256 text,
  der bytea,
  PRIMARY KEY (authority_id, list, number),
  FOREIGN KEY (authority_id, list) REFERENCES revocation_list
);
-- While generations overlap each has a list of its own (JPKI 4.8).
CREATE UNIQUE INDEX revocation_list_issue_published ON revocation_list_issue (authority_id, list, generation) WHERE state = 'PUBLISHED';
