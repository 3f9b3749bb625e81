-- Lines that repeat what the grant's batches told of the person within the month before (JUKI-4.7).
ALTER TABLE provision_batch ADD COLUMN repeated int NOT NULL DEFAULT 0;
