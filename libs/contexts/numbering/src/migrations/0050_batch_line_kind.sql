-- NUM-5.3: 1 new, 2 change on request, 3 change ex officio.
ALTER TABLE batch_line ADD COLUMN kind smallint NOT NULL DEFAULT 1 CHECK (kind BETWEEN 1 AND 3);
