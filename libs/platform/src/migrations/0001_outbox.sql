-- Events to be published. A row is deleted when the stream has acknowledged it, so the table stays small.
CREATE TABLE outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
  event_id uuid NOT NULL,
  subject  text NOT NULL,
  event    text NOT NULL
);
