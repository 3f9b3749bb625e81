-- Tries within the hour, by what is tried and by whom (CARD-7 BAD_ID, RATE_LIMIT).
CREATE TABLE attempt_count (
  what   text NOT NULL,
  client text NOT NULL,
  since  timestamptz NOT NULL,
  tries  integer NOT NULL,
  PRIMARY KEY (what, client)
);
CREATE INDEX attempt_count_since ON attempt_count (since);
