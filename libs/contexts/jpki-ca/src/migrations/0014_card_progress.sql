-- The last stop or resumption of a card that was followed; an older one that comes late no longer holds anything.
CREATE TABLE card_progress (
  card_serial text PRIMARY KEY,
  sequence bigint NOT NULL
);
