-- The end of a foreign resident's stay bounds the card (CARD-4.6); only the municipality knows it. Without an end (permanent residents) nothing is awaited and stay_end stays empty.
ALTER TABLE application ADD COLUMN stay_awaited boolean NOT NULL DEFAULT false, ADD COLUMN stay_end date;
