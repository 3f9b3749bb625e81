-- An order of one card with what its face shows, encrypted (CARD-3.8, 4.14); the person is known once the card was handed over.
CREATE TABLE juki_card_order (
  order_id          uuid PRIMARY KEY,
  order_no          text NOT NULL UNIQUE,
  municipality_code text NOT NULL,
  type              text NOT NULL CHECK (type IN ('A', 'B')),
  face              bytea NOT NULL,
  content_index     bytea NOT NULL,
  expiry            date NOT NULL,
  state             text NOT NULL,
  reason            text,
  card_no           text UNIQUE,
  shipped_on        date,
  person_key        uuid,
  surrendered_on    date,
  version           integer NOT NULL,
  changed_by        text NOT NULL,
  changed_at        timestamptz NOT NULL
);
CREATE INDEX juki_card_order_municipality ON juki_card_order (municipality_code, order_no);
CREATE INDEX juki_card_order_requested ON juki_card_order (order_no) WHERE state = 'REQUESTED';
CREATE INDEX juki_card_order_accepted ON juki_card_order (order_no) WHERE state = 'ACCEPTED';
CREATE INDEX juki_card_order_person ON juki_card_order (person_key) WHERE person_key IS NOT NULL AND surrendered_on IS NULL;
