CREATE TABLE assessment_item (
  assessment_id uuid NOT NULL REFERENCES assessment,
  item_id text NOT NULL,
  topic text NOT NULL,
  points int NOT NULL,
  question text NOT NULL,
  options jsonb NOT NULL,
  key jsonb NOT NULL,
  PRIMARY KEY (assessment_id, item_id)
);
COMMENT ON TABLE assessment_item IS 'journal: an item that people have answered is not another one later';
