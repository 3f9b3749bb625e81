CREATE TABLE readiness_item (
  municipality_code text NOT NULL,
  milestone         text NOT NULL,
  state             text NOT NULL CHECK (state IN ('NOT_STARTED', 'IN_PROGRESS', 'DONE', 'BLOCKED')),
  due_on            date NOT NULL,
  evidence          text CHECK (evidence IS NOT NULL OR state <> 'DONE'),
  blocker_ticket_id uuid CHECK ((blocker_ticket_id IS NOT NULL) = (state = 'BLOCKED')),
  changed_at        timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, milestone)
);
CREATE INDEX readiness_item_blocker ON readiness_item (blocker_ticket_id) WHERE blocker_ticket_id IS NOT NULL;
