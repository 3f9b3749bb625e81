-- What the acknowledgement of a file says of its lines.
CREATE TABLE exchange_in_fault (
  file_id  uuid NOT NULL,
  line     int NOT NULL,
  "column" text NOT NULL,
  code     text NOT NULL,
  PRIMARY KEY (file_id, line)
);
