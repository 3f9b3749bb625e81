CREATE TABLE notice_file_fault (
  file_id uuid NOT NULL,
  line    integer NOT NULL,
  "column" text,
  code    text NOT NULL,
  PRIMARY KEY (file_id, line)
);
COMMENT ON TABLE notice_file_fault IS 'journal of the rows of a file that were not taken in';
