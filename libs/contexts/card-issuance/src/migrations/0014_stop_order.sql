-- What the caller said is compared and forgotten; only how well it matched is kept (CARD-4.9).
CREATE TABLE stop_order (
  stop_order_id     uuid PRIMARY KEY,
  card_serial       text NOT NULL,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  channel           text NOT NULL,
  state             text NOT NULL CHECK (state IN ('APPLIED', 'LIFTED', 'CONVERTED_TO_ABOLISH')),
  confidence        text NOT NULL CHECK (confidence IN ('HIGH', 'LOW')),
  matched           integer NOT NULL,
  letter_due        boolean NOT NULL,
  placed_at         timestamptz NOT NULL,
  ended_at          timestamptz
);
CREATE UNIQUE INDEX stop_order_open ON stop_order (card_serial) WHERE state = 'APPLIED';
CREATE INDEX stop_order_letter ON stop_order (municipality_code, stop_order_id) WHERE letter_due;
