-- Events to be published. A row is deleted when the stream has acknowledged it, so the table stays small.
CREATE TABLE outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL,
  subject  text NOT NULL,
  event    text NOT NULL
);
