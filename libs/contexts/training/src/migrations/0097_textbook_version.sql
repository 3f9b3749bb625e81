CREATE TABLE textbook_version (
  textbook_id uuid NOT NULL REFERENCES textbook,
  version int NOT NULL,
  sha256 text NOT NULL,
  length bigint NOT NULL,
  uploaded_at timestamptz NOT NULL,
  PRIMARY KEY (textbook_id, version)
);
