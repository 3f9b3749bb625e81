CREATE TABLE package_file (
  package_id uuid NOT NULL,
  path text NOT NULL,
  content_type text NOT NULL,
  sha256 text NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (package_id, path)
);
-- Content comes compressed as it is.
ALTER TABLE package_file ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE package_file IS 'journal of what packages contain: written once';
