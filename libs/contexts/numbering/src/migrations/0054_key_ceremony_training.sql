-- A key of the training realm draws numbers with the prefix 99 and no others (NUM-8).
ALTER TABLE key_ceremony ADD COLUMN training boolean NOT NULL DEFAULT false;
