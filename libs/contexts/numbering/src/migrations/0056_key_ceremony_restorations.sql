-- What the shares of the key were used for, and by whom (NUM-4.9).
ALTER TABLE key_ceremony ADD COLUMN restorations jsonb NOT NULL DEFAULT '[]';
