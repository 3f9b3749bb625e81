-- The municipalities that a change concerns, with their names as addresses there begin. Asked for at every intake of notices.
CREATE TABLE former_municipality (
  code      text NOT NULL,
  change_id uuid NOT NULL,
  name      text NOT NULL,
  PRIMARY KEY (code, change_id)
);
CREATE INDEX former_municipality_change ON former_municipality (change_id);
