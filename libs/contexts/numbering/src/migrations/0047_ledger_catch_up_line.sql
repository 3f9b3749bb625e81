-- Lines of a list until they are taken in. A line without a code restores the ledger alone; the number stands here encrypted, since its code stands beside it.
CREATE TABLE ledger_catch_up_line (
  catch_up_id       uuid NOT NULL,
  line              integer NOT NULL,
  number            bytea NOT NULL,
  code              bytea,
  assignment_id     uuid,
  municipality_code text NOT NULL,
  request_id        text NOT NULL,
  generated_at      timestamptz NOT NULL,
  PRIMARY KEY (catch_up_id, line)
);
