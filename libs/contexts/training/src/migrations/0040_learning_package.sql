CREATE TABLE learning_package (
  id uuid PRIMARY KEY,
  course_id uuid NOT NULL REFERENCES course,
  sha256 text NOT NULL,
  format text NOT NULL,
  title text NOT NULL,
  structure jsonb NOT NULL,
  files int NOT NULL,
  bytes bigint NOT NULL,
  overlong_values int NOT NULL DEFAULT 0,
  uploaded_at timestamptz NOT NULL,
  uploaded_by text NOT NULL
);
-- The same package of a course is the same, however often it is sent.
CREATE UNIQUE INDEX learning_package_once ON learning_package (course_id, sha256);
COMMENT ON COLUMN learning_package.overlong_values IS 'values that its content tried to keep beyond the limits of SCORM (TRN-7)';
