CREATE TABLE elearning_share (
  course_id uuid NOT NULL REFERENCES elearning_offer,
  body_code text NOT NULL,
  places int NOT NULL,
  taken int NOT NULL,
  PRIMARY KEY (course_id, body_code),
  CHECK (taken BETWEEN 0 AND places)
);
