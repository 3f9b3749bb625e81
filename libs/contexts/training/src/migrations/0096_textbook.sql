CREATE TABLE textbook (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  title text NOT NULL,
  scope text NOT NULL,
  state text NOT NULL,
  credit_line text NOT NULL,
  derived_from uuid REFERENCES textbook,
  latest_version int NOT NULL,
  published_version int,
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
COMMENT ON COLUMN textbook.owner IS 'agency, or code of the body whose edition it is';
