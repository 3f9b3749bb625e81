-- Since when another municipality has the person of a line (result 12, NUM-7).
ALTER TABLE batch_line ADD COLUMN since date;
