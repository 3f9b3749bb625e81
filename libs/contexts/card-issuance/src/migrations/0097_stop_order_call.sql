-- From the end of the call the five seconds count; a loss outside of the home needs the number of the police report before a card is made anew (CARD-4.9).
ALTER TABLE stop_order ADD COLUMN call_ended_at timestamptz, ADD COLUMN loss_place text CHECK (loss_place IN ('HOME', 'OUTSIDE', 'UNKNOWN')), ADD COLUMN police_report bytea;
CREATE INDEX stop_order_placed ON stop_order (placed_at);
