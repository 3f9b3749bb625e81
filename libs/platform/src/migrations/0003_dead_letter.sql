CREATE TABLE dead_letter (
  id         uuid PRIMARY KEY,
  consumer   text NOT NULL,
  event_id   uuid NOT NULL,
  subject    text NOT NULL,
  event      text NOT NULL,
  tries      integer NOT NULL,
  fault      text NOT NULL,
  failed_at  timestamptz NOT NULL,
  redriven_at timestamptz,
  UNIQUE (consumer, event_id)
);
