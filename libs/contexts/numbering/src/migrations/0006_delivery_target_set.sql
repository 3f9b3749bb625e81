CREATE TABLE delivery_target_set (
  set_id            uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  base_date         date NOT NULL,
  state             text NOT NULL CHECK (state IN ('COLLECTING', 'CUT_OFF', 'CHECKED', 'HANDED_TO_CARD', 'RETURNED_ITEMS', 'CLOSED')),
  rows              integer,
  sha256            text,
  job_id            uuid,
  households        integer,
  persons           integer,
  faults            integer,
  received_at       timestamptz NOT NULL,
  handed_at         timestamptz
);
CREATE INDEX delivery_target_set_municipality ON delivery_target_set (municipality_code, received_at);
