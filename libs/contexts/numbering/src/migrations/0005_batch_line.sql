-- Lines of a batch until they are numbered; refused and repeated ones stay for the result. Logged, unlike a mere staging table:
-- PostgreSQL empties unlogged tables after a crash, and a sealed batch is work that was accepted.
CREATE TABLE batch_line (
  batch_id    uuid NOT NULL,
  line        integer NOT NULL,
  request_id  text NOT NULL,
  code        bytea NOT NULL,
  code_index  bytea NOT NULL,
  case_id     text,
  priority    smallint NOT NULL,
  person_key  uuid,
  result_code text,
  PRIMARY KEY (batch_id, line)
);
