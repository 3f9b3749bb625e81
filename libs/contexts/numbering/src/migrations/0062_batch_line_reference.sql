-- Of result 13: the assignment that the person has already (NUM-7).
ALTER TABLE batch_line ADD COLUMN reference uuid;
