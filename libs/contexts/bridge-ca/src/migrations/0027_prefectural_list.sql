-- Lists that the agency issues in place of a prefecture's authority after the cut-over.
CREATE TABLE prefectural_list (
  prefecture text NOT NULL,
  number bigint NOT NULL,
  key_identifier text NOT NULL,
  scheduled boolean NOT NULL,
  this_update timestamptz NOT NULL,
  next_update timestamptz NOT NULL,
  entries int NOT NULL,
  sha256 text NOT NULL,
  der bytea NOT NULL,
  PRIMARY KEY (prefecture, number)
);
