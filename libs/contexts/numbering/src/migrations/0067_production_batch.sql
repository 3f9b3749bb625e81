-- Batches of cards that card-issuance has sealed: reads for one of them are no look-ups of single links (NUM-4.9).
CREATE TABLE production_batch (
  batch_id uuid PRIMARY KEY,
  records  integer NOT NULL
);
