-- Codes of a difference run, encrypted as in the link; they go when the run is done.
CREATE TABLE difference_line (
  run_id     uuid NOT NULL,
  line       integer NOT NULL,
  code       bytea NOT NULL,
  code_index bytea NOT NULL,
  situation  text NOT NULL,
  since      date NOT NULL,
  PRIMARY KEY (run_id, line)
);
