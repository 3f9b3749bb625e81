CREATE TABLE initial_match_fault (
  match_id uuid NOT NULL,
  line     integer NOT NULL,
  "column" text,
  code     text NOT NULL,
  PRIMARY KEY (match_id, line)
);
COMMENT ON TABLE initial_match_fault IS 'journal of the rows of an agency''s file that were not taken in';
