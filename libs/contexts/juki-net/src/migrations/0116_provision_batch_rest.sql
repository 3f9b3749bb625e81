-- Questions of an answered chunk that nobody could answer while the national server was closed (JUKI-7); they wait for the batch to be resumed.
CREATE TABLE provision_batch_rest (
  batch_id uuid NOT NULL,
  chunk    integer NOT NULL,
  sealed   bytea NOT NULL,
  PRIMARY KEY (batch_id, chunk)
);
