CREATE TABLE elearning_figure (
  course_id uuid NOT NULL REFERENCES course,
  is_started boolean NOT NULL,
  is_finished boolean NOT NULL,
  seconds float8
);
CREATE INDEX elearning_figure_course ON elearning_figure (course_id);
COMMENT ON TABLE elearning_figure IS 'journal of what statistics count of registrations whose people were forgotten, a row each, without body and dates (TRN-9)';
