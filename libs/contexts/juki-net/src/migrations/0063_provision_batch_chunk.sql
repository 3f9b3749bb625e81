-- Lines of a batch, encrypted: the questions until they are answered, then the answers until they are purged.
CREATE TABLE provision_batch_chunk (
  batch_id   uuid NOT NULL,
  chunk      int NOT NULL,
  first_line int NOT NULL,
  lines      int NOT NULL,
  answered   boolean NOT NULL,
  sealed     bytea NOT NULL,
  PRIMARY KEY (batch_id, chunk)
);
ALTER TABLE provision_batch_chunk ALTER COLUMN sealed SET STORAGE EXTERNAL;
