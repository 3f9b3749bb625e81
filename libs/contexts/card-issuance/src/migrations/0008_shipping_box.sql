CREATE TABLE shipping_box (
  box_no            text PRIMARY KEY,
  batch_id          uuid NOT NULL,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('PLANNED', 'SHIPPED', 'RECEIVED', 'SHORT')),
  moved_at          timestamptz NOT NULL
);
CREATE INDEX shipping_box_batch ON shipping_box (batch_id);
CREATE INDEX shipping_box_municipality ON shipping_box (municipality_code, box_no);
CREATE SEQUENCE box_number;
