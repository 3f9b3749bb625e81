-- Verifications of a client in its present hour. A question counts as missed until its answer is a match.
CREATE TABLE verification_count (
  client text PRIMARY KEY,
  hour   timestamptz NOT NULL,
  asked  integer NOT NULL,
  missed integer NOT NULL
);
