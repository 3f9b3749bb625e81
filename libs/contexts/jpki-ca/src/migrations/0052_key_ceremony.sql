CREATE TABLE key_ceremony (
  id uuid PRIMARY KEY,
  ca text NOT NULL,
  generation int NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  held_on date NOT NULL,
  participants jsonb NOT NULL,
  steps jsonb NOT NULL,
  reason text,
  scheduled_by text NOT NULL,
  changed_at timestamptz NOT NULL
);
-- One at a time of each authority.
CREATE UNIQUE INDEX key_ceremony_open ON key_ceremony (ca) WHERE state NOT IN ('CLOSED', 'ABORTED');
