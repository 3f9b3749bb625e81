-- A box that was opened short: which serials were not in it (CARD-3.4, CARD-7).
CREATE TABLE shipment_discrepancy (
  discrepancy_id    uuid PRIMARY KEY,
  box_no            text NOT NULL UNIQUE,
  municipality_code text NOT NULL,
  missing           text[] NOT NULL,
  opened_at         timestamptz NOT NULL
);
