CREATE TABLE migration_fault (
  batch_id uuid NOT NULL,
  number int NOT NULL,
  line int,
  "column" text,
  code text NOT NULL,
  serial text,
  PRIMARY KEY (batch_id, number)
);
