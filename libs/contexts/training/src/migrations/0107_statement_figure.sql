CREATE TABLE statement_figure (
  course_id uuid NOT NULL REFERENCES course,
  month text NOT NULL,
  verb text NOT NULL,
  statements int NOT NULL
);
COMMENT ON TABLE statement_figure IS 'journal of how many statements were forgotten, by course, month and verb: rows of the same add up (TRN-9)';
