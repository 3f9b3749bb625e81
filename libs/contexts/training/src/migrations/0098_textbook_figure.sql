CREATE TABLE textbook_figure (
  textbook_id uuid NOT NULL,
  version int NOT NULL,
  figure text NOT NULL,
  right_kind text NOT NULL,
  licensed_until date,
  permission_ref text,
  PRIMARY KEY (textbook_id, version, figure),
  FOREIGN KEY (textbook_id, version) REFERENCES textbook_version
);
