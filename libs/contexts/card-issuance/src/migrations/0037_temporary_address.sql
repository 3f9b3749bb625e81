-- Where somebody who does not live at the registered address wants the first notification sent to (CARD-4.2); encrypted.
CREATE TABLE temporary_address (
  person_key        uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  ground            text NOT NULL,
  destination       bytea NOT NULL,
  arrived_on        date NOT NULL,
  registered_by     text NOT NULL,
  registered_at     timestamptz NOT NULL
);
