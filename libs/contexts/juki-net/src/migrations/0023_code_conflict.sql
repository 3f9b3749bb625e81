-- Codes reported as written to two persons; a second officer decides (JUKI-3.1).
CREATE TABLE code_conflict (
  case_id     uuid PRIMARY KEY,
  code_index  bytea NOT NULL,
  state       text NOT NULL CHECK (state IN ('REPORTED', 'CONFIRMED', 'DISMISSED')),
  reported_by text NOT NULL,
  decided_by  text,
  changed_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX code_conflict_open ON code_conflict (code_index) WHERE state = 'REPORTED';
