-- What is printed in one go: the envelopes of a stretch of the list.
CREATE TABLE mailing_lot (
  set_id         uuid NOT NULL,
  lot_no         integer NOT NULL,
  first_position bigint NOT NULL,
  last_position  bigint NOT NULL,
  envelopes      integer NOT NULL,
  PRIMARY KEY (set_id, lot_no)
);
