CREATE TABLE delivery_target_fault (
  set_id   uuid NOT NULL,
  position integer NOT NULL,
  field    text NOT NULL,
  code     text NOT NULL,
  PRIMARY KEY (set_id, position, field)
);
