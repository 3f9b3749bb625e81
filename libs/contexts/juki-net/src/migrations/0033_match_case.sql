-- A row that was compared, encrypted, until the closure. `person_key`: whom the rules or the officers found. Only reviewed cases have a state.
CREATE TABLE match_case (
  match_id   uuid NOT NULL,
  line       integer NOT NULL,
  ref_index  bytea NOT NULL,
  outcome    text NOT NULL CHECK (outcome IN ('AUTO', 'REVIEW', 'NONE')),
  tier       smallint,
  state      text CHECK (state IN ('OPEN', 'DECIDED', 'CONFIRMED')),
  person_key uuid,
  decided_by text,
  sealed     bytea NOT NULL,
  PRIMARY KEY (match_id, line)
);
CREATE UNIQUE INDEX match_case_ref ON match_case (match_id, ref_index);
CREATE INDEX match_case_outcome ON match_case (match_id, outcome, line);
