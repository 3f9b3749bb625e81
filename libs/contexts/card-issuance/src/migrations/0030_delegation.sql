-- The mayor's transfer of card tasks to the agency (CARD-3.1, 4.1); what is proposed in place of the tasks in force waits beside them.
CREATE TABLE delegation (
  delegation_id     uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('DRAFT', 'IN_FORCE', 'AMENDED', 'TERMINATED')),
  tasks             text[] NOT NULL,
  amended_tasks     text[],
  starts_on         date NOT NULL,
  ended_on          date,
  grant_basis       text NOT NULL,
  version           integer NOT NULL,
  changed_by        text NOT NULL,
  changed_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX delegation_open ON delegation (municipality_code) WHERE state <> 'TERMINATED';
CREATE INDEX delegation_municipality ON delegation (municipality_code, starts_on);
