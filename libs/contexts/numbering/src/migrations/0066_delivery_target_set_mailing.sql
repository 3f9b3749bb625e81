-- What became of the envelopes of the list: how often one came back, and the people whose envelope needs nothing more.
ALTER TABLE delivery_target_set
  ADD COLUMN returned integer NOT NULL DEFAULT 0,
  ADD COLUMN settled  integer NOT NULL DEFAULT 0;
