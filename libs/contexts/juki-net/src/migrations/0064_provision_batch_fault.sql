-- Lines that are no questions.
CREATE TABLE provision_batch_fault (
  batch_id uuid NOT NULL,
  line     int NOT NULL,
  "column" text,
  code     text NOT NULL,
  PRIMARY KEY (batch_id, line)
);
